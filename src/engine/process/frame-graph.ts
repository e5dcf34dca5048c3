import { Frame, type FilterContext, type FilterGraph } from 'node-av/lib';
import { rescale } from '../../time/rescale.js';
import { check, isPause } from './native.js';
import type { TakeFrame } from './video-decoder.js';

/** Where frames go in and come out of a graph, to which both belong. */
export interface GraphEnds {
  /** A `buffer`. */
  readonly input: FilterContext;
  /** A `buffersink`. */
  readonly output: FilterContext;
}

/** A filter graph that is set up, with one end for frames to go in and one for them to come out. */
export class FrameGraph implements Disposable {
  readonly #graph: FilterGraph;
  readonly #input: FilterContext;
  readonly #output: FilterContext;
  readonly #timescale: number;
  readonly #take: TakeFrame;
  readonly #frame = new Frame();

  /**
   * @param graph - taken over.
   * @param ends - its ends.
   * @param timescale - ticks a second of frame times.
   * @param take - takes what comes out, with its time.
   */
  constructor(graph: FilterGraph, ends: GraphEnds, timescale: number, take: TakeFrame) {
    this.#graph = graph;
    this.#input = ends.input;
    this.#output = ends.output;
    this.#timescale = timescale;
    this.#take = take;
    this.#frame.alloc();
  }

  /**
   * Filters a frame. What it becomes may come out later.
   * @param frame - taken over.
   * @throws {EngineError} when libavfilter cannot handle it.
   */
  push(frame: Frame): void {
    check(this.#input.buffersrcAddFrameSync(frame), 'Filtering');
    this.#pull();
  }

  /** Takes out what the graph still holds. Nothing goes in after it. */
  drain(): void {
    check(this.#input.buffersrcAddFrameSync(null), 'Ending the filters');
    this.#pull();
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    // The filter contexts live in the graph and are not touched after it.
    this.#graph.free();
    this.#frame.free();
  }

  #pull(): void {
    const frame = this.#frame;
    for (;;) {
      const code = this.#output.buffersinkGetFrameSync(frame);
      if (isPause(code)) return;
      check(code, 'Filtering');
      // A deinterlacer counts time in halves of ticks; the times themselves stay those of the frames.
      const { num, den } = this.#output.buffersinkGetTimeBase();
      const time = rescale(Number(frame.pts), den, num * this.#timescale);
      try {
        this.#take(frame, time);
      } finally {
        frame.unref();
      }
    }
  }
}
