import { FilterGraph, avGetPixFmtName, type Frame } from 'node-av/lib';
import { AV_FRAME_FLAG_INTERLACED } from 'node-av/constants';
import { EngineError } from '../../errors.js';
import type { VideoGeometry } from '../video-output.js';
import { colorRangeOf, readFrameColor, writeFrameColor } from './frame-color.js';
import { FrameGraph } from './frame-graph.js';
import { check } from './native.js';
import {
  completeColor,
  writeVideoFilterChain,
  type FrameFormat,
  type PictureFormat,
} from './video-filter-chain.js';
import type { TakeFrame } from './video-decoder.js';

/**
 * Makes of decoded frames what the encoder takes. Whenever the source's format changes, a new graph takes over from the
 * old one, which gives out before what it still holds.
 */
export class VideoFilter implements Disposable {
  readonly #source: Pick<VideoGeometry, 'width' | 'height' | 'color'>;
  readonly #format: PictureFormat;
  readonly #timescale: number;
  readonly #following: readonly string[];
  readonly #take: TakeFrame;
  #graph: FrameGraph | undefined;
  #key = '';
  #isInterlaced = false;

  /**
   * @param source - what the container says of the source.
   * @param format - what comes out.
   * @param timescale - ticks a second of frame times.
   * @param take - takes what comes out, with its time.
   * @param following - filters behind those that make planes of 8 bits in 4:2:0, for who wants them otherwise.
   */
  constructor(
    source: Pick<VideoGeometry, 'width' | 'height' | 'color'>,
    format: PictureFormat,
    timescale: number,
    take: TakeFrame,
    following: readonly string[] = [],
  ) {
    this.#following = following;
    this.#source = source;
    this.#format = format;
    this.#timescale = timescale;
    this.#take = take;
  }

  /**
   * Filters a frame. What it becomes may come out later, when its neighbours are known.
   * @param frame - taken over.
   * @param time - its presentation time in ticks.
   * @throws {EngineError} when libavfilter cannot handle it.
   */
  push(frame: Frame, time: number): void {
    // Once a source has shown that it is interlaced, the same graph serves its progressive frames too.
    this.#isInterlaced ||= frame.hasFlags(AV_FRAME_FLAG_INTERLACED);
    const format = this.#formatOf(frame);
    const key = JSON.stringify(format);
    if (key !== this.#key) {
      this.drain();
      this.#open(format, frame);
      this.#key = key;
    }
    frame.pts = BigInt(time);
    writeFrameColor(frame, format.color);
    this.#graph!.push(frame);
  }

  /** Takes out what the graph still holds, and ends it. */
  drain(): void {
    if (this.#graph === undefined) return;
    this.#graph.drain();
    this.#close();
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#close();
  }

  #open({ width, height, pixelFormat, color, isInterlaced }: FrameFormat, frame: Frame): void {
    const chain = writeVideoFilterChain(
      { width, height, pixelFormat, color, isInterlaced },
      this.#source,
      this.#format,
    );
    const begin =
      `buffer@in=video_size=${width}x${height}:pix_fmt=${frame.format}:time_base=1/${this.#timescale}` +
      `:colorspace=${color.matrix}:range=${colorRangeOf(color)}`;
    const text = [begin, ...(chain === '' ? [] : [chain]), ...this.#following, 'buffersink@out'].join(',');
    const graph = new FilterGraph();
    graph.alloc();
    try {
      graph.nbThreads = 1;
      check(graph.parsePtr(text), `Reading the filter chain "${text}"`);
      check(graph.configSync(), `Setting up the filter chain "${text}"`);
      const input = graph.getFilter('buffer@in');
      const output = graph.getFilter('buffersink@out');
      if (input === null || output === null) {
        throw new EngineError(`The filter chain "${text}" has no ends.`);
      }
      this.#graph = new FrameGraph(graph, { input, output }, this.#timescale, this.#take);
    } catch (error) {
      graph.free();
      throw error;
    }
  }

  #close(): void {
    this.#graph?.[Symbol.dispose]();
    this.#graph = undefined;
    this.#key = '';
  }

  #formatOf(frame: Frame): FrameFormat {
    const { width, height } = frame;
    const pixelFormat = avGetPixFmtName(frame.format as never) ?? '';
    const color = completeColor(readFrameColor(frame), this.#source.color, { width, height, pixelFormat });
    return { width, height, pixelFormat, color, isInterlaced: this.#isInterlaced };
  }
}
