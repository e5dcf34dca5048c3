import { FilterGraph, FilterInOut, Frame, avGetPixFmtName, type FilterContext } from 'node-av/lib';
import type { HardwareDeviceContext, HardwareFramesContext } from 'node-av/lib';
import {
  AVFILTER_FLAG_HWDEVICE,
  AV_FRAME_FLAG_CORRUPT,
  AV_FRAME_FLAG_INTERLACED,
  AV_PICTURE_TYPE_B,
} from 'node-av/constants';
import { EngineError } from '../../errors.js';
import type { ChainVariant } from '../device-chain.js';
import type { EncodeVideoRequest } from '../video-job.js';
import type { DeviceChain } from './device-chain.js';
import { deviceWorkOf } from './device-work.js';
import { colorRangeOf, readFrameColor, writeFrameColor } from './frame-color.js';
import { FrameGraph, type GraphEnds } from './frame-graph.js';
import { check } from './native.js';
import type { FrameFilter } from './picture-route.js';
import { hasDecodeTimesOnly } from './processor-route.js';
import type { TakeFrame } from './video-decoder.js';
import { completeColor, type FrameFormat } from './video-filter-chain.js';

/** Gives up a chain, without blame: the processor is to decode such pictures. */
type Refuse = (why: string) => never;

/** Makes of frames in a device's memory what the encoder takes, without moving them out of it. */
export class DeviceFilter implements FrameFilter {
  readonly #request: EncodeVideoRequest;
  readonly #chain: DeviceChain;
  readonly #device: HardwareDeviceContext;
  readonly #variants: readonly ChainVariant[];
  readonly #refuse: Refuse;
  readonly #take: TakeFrame;
  readonly #hasDecodeTimesOnly: boolean;
  #graph: FrameGraph | undefined;
  #first: FrameFormat | undefined;

  /**
   * @param request - the job.
   * @param chain - the kind of memory, and its filters.
   * @param device - the device, open.
   * @param variants - what the chain is known to do right.
   * @param refuse - is called when the frames are none of that.
   * @param take - takes what comes out, with its time.
   */
  constructor(
    request: EncodeVideoRequest,
    chain: DeviceChain,
    device: HardwareDeviceContext,
    variants: readonly ChainVariant[],
    refuse: Refuse,
    take: TakeFrame,
  ) {
    this.#request = request;
    this.#chain = chain;
    this.#device = device;
    this.#variants = variants;
    this.#refuse = refuse;
    this.#take = take;
    this.#hasDecodeTimesOnly = hasDecodeTimesOnly(request);
  }

  push(frame: Frame, time: number): void {
    // A decoder that cannot use its device goes on by itself, without a word.
    if (!frame.isHwFrame() || frame.format !== this.#chain.pixelFormat) {
      this.#refuse('the device does not decode such pictures');
    }
    if (frame.hasFlags(AV_FRAME_FLAG_CORRUPT) || frame.decodeErrorFlags !== 0) {
      this.#refuse('a picture is damaged');
    }
    if (this.#hasDecodeTimesOnly && frame.pictType === AV_PICTURE_TYPE_B) {
      this.#refuse('the container has no times of presentation');
    }
    const format = this.#formatOf(frame);
    this.#graph ??= this.#open(format, frame);
    const first = (this.#first ??= format);
    // One frames context serves the encoder throughout. A progressive picture among others is left as it is.
    const isSame =
      JSON.stringify({ ...format, isInterlaced: first.isInterlaced }) === JSON.stringify(first) &&
      (first.isInterlaced || !format.isInterlaced);
    if (!isSame) this.#refuse('pictures change on the way');
    frame.pts = BigInt(time);
    writeFrameColor(frame, format.color);
    this.#graph.push(frame);
  }

  drain(): void {
    this.#graph?.drain();
  }

  [Symbol.dispose](): void {
    this.#graph?.[Symbol.dispose]();
  }

  #open(frameFormat: FrameFormat, frame: Frame): FrameGraph {
    const { decoder, format, timescale } = this.#request;
    const work = deviceWorkOf(frameFormat, decoder, format);
    if (typeof work === 'string') return this.#refuse(work);
    if (!this.#variants.includes(work.variant)) {
      return this.#refuse(`the device is not known to do it right (${work.variant})`);
    }
    const filters = this.#chain.writeFilters(work);
    if (filters === undefined) return this.#refuse(`the device has no filters for it (${work.variant})`);
    const graph = new FilterGraph();
    graph.alloc();
    try {
      const ends = this.#assemble(graph, filters, frameFormat, frame);
      return new FrameGraph(graph, ends, timescale, this.#take);
    } catch (error) {
      graph.free();
      throw error;
    }
  }

  #assemble(graph: FilterGraph, filters: readonly string[], format: FrameFormat, frame: Frame): GraphEnds {
    const text = ['buffer@in', ...filters, 'buffersink@out'].join(',');
    graph.nbThreads = 1;
    using segment = graph.segmentParse(text);
    if (segment === null) throw new EngineError(`The filter chain "${text}" cannot be read.`);
    check(segment.createFilters(), `Making the filter chain "${text}"`);
    const input = graph.getFilter('buffer@in');
    const output = graph.getFilter('buffersink@out');
    if (input === null || output === null) throw new EngineError(`The filter chain "${text}" has no ends.`);
    describeFrames(input, frame, format, this.#request.timescale);
    // Before filters are set up: some ask for their device at once.
    for (const filter of graph.filters ?? []) {
      if (filter.filter?.hasFlags(AVFILTER_FLAG_HWDEVICE) !== true) continue;
      filter.hwDeviceCtx = this.#device;
      filter.extraHWFrames = this.#chain.extraFrames;
    }
    check(segment.applyOpts(), `Reading the filter chain "${text}"`);
    // No end is left open to be told of in these, which node-av would not free.
    check(segment.apply(new FilterInOut(), new FilterInOut()), `Opening the filter chain "${text}"`);
    check(graph.configSync(), `Setting up the filter chain "${text}"`);
    return { input, output };
  }

  #formatOf(frame: Frame): FrameFormat {
    const { width, height } = frame;
    const pixelFormat = withFramesContext(frame, (frames) => avGetPixFmtName(frames.swFormat)) ?? '';
    const color = completeColor(readFrameColor(frame), this.#request.decoder.color, {
      width,
      height,
      pixelFormat,
    });
    return { width, height, pixelFormat, color, isInterlaced: frame.hasFlags(AV_FRAME_FLAG_INTERLACED) };
  }
}

/**
 * Does something with what a frame in a device's memory belongs to.
 * @param frame - stays the caller's.
 * @param work - does it; the context is freed behind it.
 * @throws {EngineError} when the frame lies elsewhere.
 */
export function withFramesContext<T>(frame: Frame, work: (frames: HardwareFramesContext) => T): T {
  // node-av remembers the context that a frame object first had; libavutil's frame in it changes.
  using own = new Frame();
  own.alloc();
  check(own.ref(frame), 'Keeping a frame');
  const frames = own.hwFramesCtx;
  if (frames === null) throw new EngineError('A frame lies in no memory of a device.');
  try {
    return work(frames);
  } finally {
    frames.free();
  }
}

/** Says what the frames are that go in, and whose memory they lie in. */
function describeFrames(
  input: FilterContext,
  frame: Frame,
  { width, height, color }: FrameFormat,
  timescale: number,
): void {
  const code = withFramesContext(frame, (hwFramesCtx) =>
    input.buffersrcParametersSet({
      ...{ width, height, format: frame.format, hwFramesCtx },
      timeBase: { num: 1, den: timescale },
      // `vpp_qsv` counts time in pictures: so that no time is rounded, there is one a tick.
      frameRate: { num: timescale, den: 1 },
      colorSpace: color.matrix as never,
      colorRange: colorRangeOf(color) as never,
    }),
  );
  check(code, "Describing frames in the device's memory");
}
