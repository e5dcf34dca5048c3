import { Filter, FilterGraph, FilterInOut, Frame, avGetPixFmtName, type FilterContext } from 'node-av/lib';
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
import { FrameGraph } from './frame-graph.js';
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
      const input = openInput(graph, frame, frameFormat, timescale);
      const output = graph.createFilter(filterNamed('buffersink'), 'out', null);
      if (output === null) throw new EngineError('The filters have no end.');
      connect(graph, { input, output }, filters, this.#device, this.#chain.extraFrames);
      check(graph.configSync(), `Setting up the filter chain "${filters.join(',')}"`);
      return new FrameGraph(graph, { input, output }, timescale, this.#take);
    } catch (error) {
      graph.free();
      throw error;
    }
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

function openInput(
  graph: FilterGraph,
  frame: Frame,
  { width, height, color }: FrameFormat,
  timescale: number,
): FilterContext {
  const input = graph.allocFilter(filterNamed('buffer'), 'in');
  if (input === null) throw new EngineError('The filters have no beginning.');
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
  check(input.init(null), "Taking frames in the device's memory");
  return input;
}

/** Filters are told their device before they are set up: some ask for it at once. */
function connect(
  graph: FilterGraph,
  { input, output }: { readonly input: FilterContext; readonly output: FilterContext },
  filters: readonly string[],
  device: HardwareDeviceContext,
  extraFrames: number,
): void {
  if (filters.length === 0) {
    check(input.link(0, output, 0), 'Connecting decoder and encoder');
    return;
  }
  const text = filters.join(',');
  const segment = graph.segmentParse(text);
  if (segment === null) throw new EngineError(`The filter chain "${text}" cannot be read.`);
  const first = new FilterInOut();
  const last = new FilterInOut();
  try {
    check(segment.createFilters(), `Making the filter chain "${text}"`);
    for (const filter of graph.filters ?? []) {
      if (filter.filter?.hasFlags(AVFILTER_FLAG_HWDEVICE) !== true) continue;
      filter.hwDeviceCtx = device;
      filter.extraHWFrames = extraFrames;
    }
    check(segment.applyOpts(), `Reading the filter chain "${text}"`);
    check(segment.apply(first, last), `Opening the filter chain "${text}"`);
    if (first.filterCtx === null || last.filterCtx === null) {
      throw new EngineError(`The filter chain "${text}" has no ends.`);
    }
    check(input.link(0, first.filterCtx, first.padIdx), 'Connecting the decoder');
    check(last.filterCtx.link(last.padIdx, output, 0), 'Connecting the encoder');
  } finally {
    first.free();
    last.free();
    segment.free();
  }
}

function filterNamed(name: 'buffer' | 'buffersink'): Filter {
  const filter = Filter.getByName(name);
  if (filter === null) throw new EngineError(`This engine has no filter "${name}".`);
  return filter;
}
