import { declaredCodecOf } from '../../engine/declared-codec.js';
import { videoConfigurationOf } from '../../engine/video-configuration.js';
import {
  encodeVideo,
  type EncodedConfiguration,
  type EncodedSample,
  type EncodedVideo,
  type VideoDecoderConfig,
} from '../../engine/video-job.js';
import type { VideoPacket } from '../../engine/video-packet.js';
import {
  DEFAULT_VIDEO_OUTPUT,
  encodedFormatOf,
  type EncodedFormat,
  type VideoOutput,
} from '../../engine/video-output.js';
import type { EnginePool } from '../../engine/pool.js';
import { MalformedMediaError } from '../../errors.js';
import type { MuxSample } from '../../isobmff/mux-sample.js';
import type { VideoTrack } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import { timeEncodedVideo } from '../encoded-video.js';
import { hiddenOf } from '../hidden-pictures.js';
import type { InspectedSample } from '../video-start.js';
import { partRange, type RangePacket } from './part-range.js';
import { endBehindKeyframe } from './read-behind.js';
import { bridgeGap, GREY_PICTURE, type Stretch } from './bridge-gap.js';
import type { SegmentContext } from './segment-track.js';
import type { VideoPictures } from './video-pictures.js';
import { VideoRange } from './video-range.js';

/** A picture that is shown for longer than this share of a second across a cut is shown again behind it. */
const LONGEST_WAIT_OF_SECOND = 1 / 4;

/** A range of presentation time in ticks, and the byte up to which its pictures probably stand. */
interface WantedRange {
  readonly startTicks: number;
  readonly endTicks: number;
  readonly endOffset: number | undefined;
}

/** Samples of an encoded segment. */
export interface EncodedSegment {
  /** In decode order; the first is a sync sample and holds the parameter sets. */
  readonly samples: readonly MuxSample[];
  /** What could not be decoded, and which hardware failed, in words for a person. */
  readonly remarks: readonly string[];
}

/** Encodes stretches of a video track anew, as H.264. Stretches that abut hold each frame of the source once. */
export class VideoSegmentEncoder {
  readonly #context: SegmentContext;
  readonly #track: VideoTrack;
  readonly #pictures: VideoPictures;
  readonly #engines: { get(): EnginePool };
  readonly #output: VideoOutput;

  /**
   * @param context - the source and its index.
   * @param track - the track that the index is of.
   * @param pictures - reads it.
   * @param engines - who encodes.
   * @param output - what comes out.
   */
  constructor(
    context: SegmentContext,
    track: VideoTrack,
    pictures: VideoPictures,
    engines: { get(): EnginePool },
    output: VideoOutput = DEFAULT_VIDEO_OUTPUT,
  ) {
    this.#context = context;
    this.#track = track;
    this.#pictures = pictures;
    this.#engines = engines;
    this.#output = { frameRate: pictures.cadence.frameRate, ...output };
  }

  /** In what format its pictures come out. */
  get format(): EncodedFormat {
    return encodedFormatOf(this.#track, this.#output);
  }

  /** How its pictures are declared, as the `codecs` parameter; the encoder is not asked. */
  get declaredCodec(): string {
    return declaredCodecOf(this.#track, this.#output);
  }

  /** Asks the encoder how its pictures are declared. */
  configuration(): Promise<EncodedConfiguration> {
    return videoConfigurationOf(this.#engines.get(), this.#track, this.#output);
  }

  /**
   * Encodes the frames that are shown in a range of time.
   * @param startTicks - first presentation time, and decode time of the first sample.
   * @param endTicks - where the range ends, and the last sample's duration.
   * @throws {MalformedMediaError} when nothing of it can be decoded.
   * @throws {EngineError | OverloadedError | LimitExceededError | SourceError} when it cannot be done.
   */
  async encode(startTicks: number, endTicks: number, signal: AbortSignal): Promise<EncodedSegment> {
    const range = { startTicks, endTicks };
    const pictures = await this.#read(startTicks, endTicks, signal);
    const packets = this.#packetsOf(pictures, startTicks);
    const { samples, decodeErrors, ...encoded } = await this.#encodeParts(packets, range, signal);
    const first = Math.min(endTicks, ...samples.map(({ presentationTicks }) => presentationTicks));
    const isGap = decodeErrors > 0 && this.#isLong(first - startTicks);
    const bridge =
      isGap || samples.length === 0 ? await this.#bridge(range, samples.length, signal) : undefined;
    const all = bridge === undefined ? samples : [bridge, ...samples];
    if (all.length === 0) {
      throw new MalformedMediaError('No picture of the segment can be decoded.', {
        context: { track: this.#track.id, offset: pictures[0]?.sample.offset ?? 0 },
      });
    }
    const remarks = [...encoded.remarks];
    if (decodeErrors > 0) remarks.push(`${decodeErrors} pictures could not be decoded`);
    if (bridge !== undefined) remarks.push('where none could be, the picture before stays');
    return { samples: timeEncodedVideo(all, startTicks, endTicks), remarks };
  }

  /** What is shown from the start of a range until its first picture; undefined when nothing can be and need not be. */
  async #bridge(
    { startTicks, endTicks }: Stretch,
    pictures: number,
    signal: AbortSignal,
  ): Promise<EncodedSample | undefined> {
    const encode = async (
      packets: readonly VideoPacket[],
      range: Stretch,
    ): Promise<readonly EncodedSample[]> =>
      (await this.#encodePackets(this.#track, packets, range, signal)).samples;
    const accessTicks = this.#accessTicks();
    const before = await bridgeGap(startTicks, {
      accessTicks,
      read: async (range) =>
        this.#packetsOf(await this.#read(range.startTicks, range.endTicks, signal), range.startTicks),
      encode,
    });
    // A source of which nothing can be decoded is told by its first segment.
    if (before !== undefined || pictures > 0 || startTicks <= (accessTicks[0] ?? 0)) return before;
    const { data, ...codec } = GREY_PICTURE;
    const grey = { presentationTime: startTicks, isKey: true, data };
    const decoder = { ...this.#track, ...codec, codecPrivate: undefined };
    return (await this.#encodePackets(decoder, [grey], { startTicks, endTicks }, signal)).samples[0];
  }

  /**
   * Encodes a range in parts, side by side. Where some of it cannot be decoded it is done as one: what a decoder makes of
   * damage depends on what came before it.
   */
  async #encodeParts(
    packets: readonly RangePacket[],
    range: Stretch,
    signal: AbortSignal,
  ): Promise<Pick<EncodedVideo, 'samples' | 'decodeErrors' | 'remarks'>> {
    const { format } = this;
    const parts = partRange(packets, range, {
      timescale: this.#pictures.cadence.timescale,
      pixelsShare: (format.width * format.height) / (this.#track.width * this.#track.height),
    });
    const encoded = await encodeTogether(signal, parts, (part, both) =>
      this.#encodePackets(this.#track, part.packets, part, both),
    );
    const isDamaged = encoded.some(
      ({ samples, decodeErrors, undatedFrames }) => samples.length === 0 || decodeErrors + undatedFrames > 0,
    );
    if (parts.length > 1 && isDamaged) return this.#encodePackets(this.#track, packets, range, signal);
    return {
      samples: encoded.flatMap(({ samples }) => samples),
      decodeErrors: encoded.reduce((sum, part) => sum + part.decodeErrors, 0),
      remarks: [...new Set(encoded.flatMap(({ remarks }) => remarks))],
    };
  }

  async #encodePackets(
    decoder: VideoDecoderConfig,
    packets: readonly VideoPacket[],
    { startTicks, endTicks }: Stretch,
    signal: AbortSignal,
  ): Promise<EncodedVideo> {
    const { timescale } = this.#pictures.cadence;
    const output = this.#output;
    const job = { decoder, packets, timescale, startTicks, endTicks, output };
    return await encodeVideo(this.#engines.get(), job, { signal });
  }

  /** When the index's keyframes are shown. */
  #accessTicks(): number[] {
    const keyframes = this.#context.index?.keyframes ?? [];
    return keyframes.map(({ timeNs }) => {
      return this.#pictures.ticksAt(rescale(timeNs, 1e9, this.#track.timescale));
    });
  }

  #isLong(ticks: number): boolean {
    return ticks > this.#pictures.cadence.timescale * LONGEST_WAIT_OF_SECOND;
  }

  /** Reads from the last random access point that is shown no later than the start; earlier, where there is none. */
  async #read(
    startTicks: number,
    endTicks: number,
    signal: AbortSignal,
  ): Promise<readonly InspectedSample[]> {
    const keyframes = this.#context.index?.keyframes ?? [];
    const times = this.#accessTicks();
    const behind = times.findIndex((ticks) => ticks >= endTicks);
    const wanted = { startTicks, endTicks, endOffset: endBehindKeyframe(this.#context, behind) };
    let at = times.findLastIndex((ticks) => ticks <= startTicks);
    for (let step = 1; at >= 0; at -= step, step *= 2) {
      const range = await this.#readFrom(keyframes[at]!.offset, wanted, false, signal);
      if (range.state !== 'missed' && range.pictures.length > 0) return range.pictures;
    }
    const { firstClusterOffset } = this.#context.demuxer;
    return (await this.#readFrom(firstClusterOffset, wanted, true, signal)).pictures;
  }

  async #readFrom(
    startOffset: number,
    { startTicks, endTicks, endOffset }: WantedRange,
    mayBeginLate: boolean,
    signal: AbortSignal,
  ): Promise<VideoRange> {
    const { isOrdered } = this.#pictures;
    const ticksOf = (picture: InspectedSample): number => this.#pictures.ticksOf(picture);
    const range = new VideoRange({ startTicks, endTicks, mayBeginLate, ticksOf, isOrdered });
    for await (const batch of this.#pictures.read({ startOffset, endOffset, signal })) {
      for (const picture of batch) {
        range.push(picture);
        if (range.state !== 'reading') return range;
      }
    }
    return range;
  }

  /** A picture that is still shown when the range begins, and for long, is moved to its start: else nothing is shown. */
  #packetsOf(pictures: readonly InspectedSample[], startTicks: number): RangePacket[] {
    const packets = pictures.map((picture): RangePacket => {
      const presentationTime = this.#pictures.ticksOf(picture);
      const { decodeTime, palette, data } = picture.sample;
      return {
        presentationTime,
        decodeTime: decodeTime === undefined ? undefined : this.#pictures.ticksAt(decodeTime),
        isKey: picture.traits.randomAccess !== 'none',
        isDisposable: picture.traits.isDisposable,
        ...hiddenOf(picture.sample, presentationTime >= 0),
        palette,
        data,
      };
    });
    const shown = packets.filter(({ isHidden }) => isHidden !== true);
    const times = shown.map(({ presentationTime }) => presentationTime);
    const firstShown = Math.min(...times.filter((ticks) => ticks >= startTicks));
    const lastBefore = Math.max(...times.filter((ticks) => ticks < startTicks));
    if (!this.#isLong(firstShown - startTicks) || !Number.isFinite(lastBefore)) return packets;
    return packets.map((packet) =>
      packet.presentationTime === lastBefore && packet.isHidden !== true
        ? { ...packet, presentationTime: startTicks }
        : packet,
    );
  }
}

/** Does the same with several at once; when it fails with one, the others are not gone on with. */
async function encodeTogether<T, R>(
  signal: AbortSignal,
  all: readonly T[],
  encode: (one: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failing = new AbortController();
  const both = AbortSignal.any([signal, failing.signal]);
  try {
    return await Promise.all(all.map((one) => encode(one, both)));
  } catch (error) {
    failing.abort(error);
    throw error;
  }
}
