import { FilterGraph, Frame, avGetPixFmtName, type FilterContext } from 'node-av/lib';
import { AVCOL_RANGE_JPEG, AVCOL_RANGE_MPEG, AV_FRAME_FLAG_INTERLACED } from 'node-av/constants';
import { EngineError } from '../../errors.js';
import type { VideoColor } from '../../media/track.js';
import type { VideoGeometry } from '../video-output.js';
import { check, isPause } from './native.js';
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
  readonly #frame = new Frame();
  #graph: FilterGraph | undefined;
  #input: FilterContext | undefined;
  #output: FilterContext | undefined;
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
    this.#frame.alloc();
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
    setColor(frame, format.color);
    check(this.#input!.buffersrcAddFrameSync(frame), 'Filtering');
    this.#pull();
  }

  /** Takes out what the graph still holds, and ends it. */
  drain(): void {
    if (this.#graph === undefined) return;
    check(this.#input!.buffersrcAddFrameSync(null), 'Ending the filters');
    this.#pull();
    this.#close();
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#close();
    this.#frame.free();
  }

  #open({ width, height, pixelFormat, color, isInterlaced }: FrameFormat, frame: Frame): void {
    const chain = writeVideoFilterChain(
      { width, height, pixelFormat, color, isInterlaced },
      this.#source,
      this.#format,
    );
    const input =
      `buffer@in=video_size=${width}x${height}:pix_fmt=${frame.format}:time_base=1/${this.#timescale}` +
      `:colorspace=${color.matrix}:range=${rangeOf(color)}`;
    const text = [input, ...(chain === '' ? [] : [chain]), ...this.#following, 'buffersink@out'].join(',');
    const graph = new FilterGraph();
    graph.alloc();
    this.#graph = graph;
    graph.nbThreads = 1;
    check(graph.parsePtr(text), `Reading the filter chain "${text}"`);
    check(graph.configSync(), `Setting up the filter chain "${text}"`);
    this.#input = graph.getFilter('buffer@in') ?? undefined;
    this.#output = graph.getFilter('buffersink@out') ?? undefined;
    if (this.#input === undefined || this.#output === undefined) {
      throw new EngineError(`The filter chain "${text}" has no ends.`);
    }
  }

  #close(): void {
    // The filter contexts live in the graph and are not touched after it.
    this.#input = undefined;
    this.#output = undefined;
    this.#graph?.free();
    this.#graph = undefined;
    this.#key = '';
  }

  #pull(): void {
    const frame = this.#frame;
    const output = this.#output!;
    for (;;) {
      const code = output.buffersinkGetFrameSync(frame);
      if (isPause(code)) return;
      check(code, 'Filtering');
      // A deinterlacer counts time in halves of ticks; the times themselves stay those of the frames.
      const { num, den } = output.buffersinkGetTimeBase();
      const time = (Number(frame.pts) * num * this.#timescale) / den;
      try {
        this.#take(frame, time);
      } finally {
        frame.unref();
      }
    }
  }

  #formatOf(frame: Frame): FrameFormat {
    const { width, height } = frame;
    const pixelFormat = avGetPixFmtName(frame.format as never) ?? '';
    const said: VideoColor = {
      primaries: frame.colorPrimaries,
      transfer: frame.colorTrc,
      matrix: frame.colorSpace,
      fullRange:
        frame.colorRange === AVCOL_RANGE_JPEG
          ? true
          : frame.colorRange === AVCOL_RANGE_MPEG
            ? false
            : undefined,
    };
    const color = completeColor(said, this.#source.color, { width, height, pixelFormat });
    return { width, height, pixelFormat, color, isInterlaced: this.#isInterlaced };
  }
}

function rangeOf(color: VideoColor): number {
  return color.fullRange === true ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
}

function setColor(frame: Frame, color: VideoColor): void {
  frame.colorPrimaries = color.primaries as never;
  frame.colorTrc = color.transfer as never;
  frame.colorSpace = color.matrix as never;
  frame.colorRange = rangeOf(color) as never;
}
