import type { VideoSampleTraits } from '../codecs/configuration.js';
import type { EnginePool } from '../engine/pool.js';
import { videoConfigurationOf } from '../engine/video-configuration.js';
import { encodeVideo, type EncodedVideo } from '../engine/video-job.js';
import type { VideoOutput } from '../engine/video-output.js';
import { MalformedMediaError } from '../errors.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { MuxVideoTrack } from '../isobmff/mux-track.js';
import type { VideoCodec } from '../media/codec.js';
import type { Sample } from '../media/sample.js';
import type { VideoTrack } from '../media/track.js';
import { ticksOf, type Instant } from '../time/instant.js';
import { declareEncodedVideo, timeEncodedVideo } from './encoded-video.js';
import { hiddenOf } from './hidden-pictures.js';
import { createSampleInspector, type InspectSample } from './inspect-picture.js';
import { VideoLane, type VideoLaneOptions } from './video-lane.js';
import { DEEPEST_REORDERING, VideoRanges, type PictureRange } from './video-ranges.js';
import type { InspectedSample } from './video-start.js';

/** When nothing could be decoded for so many seconds, nothing will be. */
const HOPELESS_SECONDS = 10;

/** The last ranges of a stream have no more threads than this: each takes memory, and they help one another less and less. */
const MOST_THREADS = 4;

/** Codecs that show pictures in the order in which they are decoded. */
const ORDERED_CODECS: ReadonlySet<VideoCodec> = new Set([
  'vp8',
  'vp9',
  'av1',
  'mjpeg',
  'mjpegb',
  'prores',
  'dvvideo',
  'dnxhd',
  'ffv1',
  'huffyuv',
  'rawvideo',
]);

/** How a video track is encoded. */
export interface VideoTranscodeLaneOptions extends VideoLaneOptions {
  /** When the first picture that is meant to be seen is shown, in container ticks; earlier ones are only decoded. */
  readonly shownFromTime: number;
  /** Where the source ends on its own timeline, as its container says; undefined when it does not. */
  readonly sourceEnd: Instant | undefined;
  /** Who encodes. */
  readonly pool: EnginePool;
  /** What comes out. */
  readonly output: VideoOutput;
}

/**
 * Encodes a video track as H.264, with the source's times. Every range of pictures is a job of its own that begins with a
 * keyframe, so ranges can be encoded side by side and a job whose engine dies is simply done again.
 */
export class VideoTranscodeLane extends VideoLane {
  readonly #options: VideoTranscodeLaneOptions;
  readonly #output: VideoOutput;
  readonly #inspect: InspectSample;
  #ranges: VideoRanges | undefined;

  /**
   * @param track - the source's track.
   * @param options - how it runs.
   */
  constructor(track: VideoTrack, options: VideoTranscodeLaneOptions) {
    super(track, {
      ...options,
      picturesBehindStart: ORDERED_CODECS.has(track.codec) ? 0 : DEEPEST_REORDERING,
    });
    this.#options = options;
    this.#output = { frameRate: this.cadence.frameRate, ...options.output };
    this.#inspect = createSampleInspector(track);
  }

  async describe(): Promise<MuxVideoTrack> {
    const configuration = await videoConfigurationOf(this.#options.pool, this.track, this.#output);
    return declareEncodedVideo(this.track, configuration, this.trackId, this.timescale);
  }

  get nextTicks(): number | undefined {
    return this.#ranges === undefined || this.#ranges.isOver ? undefined : this.#ranges.startTicks;
  }

  get newestTicks(): number | undefined {
    return this.#ranges?.newestTicks;
  }

  cutFrom(ticks: number): number | undefined {
    return this.#ranges?.cutFrom(ticks);
  }

  async take(
    untilTicks: number,
    originTicks: number,
    signal: AbortSignal,
  ): Promise<FragmentTrack | undefined> {
    const ranges = this.#takeRanges(untilTicks);
    const isLast = this.#ranges?.isOver === true;
    const jobs = ranges.map((range) => this.#encode(range, signal));
    const samples: MuxSample[] = [];
    let startTicks: number | undefined;
    for (const [i, { samples: encoded, decodeErrors }] of (await Promise.all(jobs)).entries()) {
      const range = ranges[i]!;
      this.countDecodeErrors(decodeErrors);
      if (encoded.length > 0) {
        startTicks ??= range.startTicks;
        for (const sample of timeEncodedVideo(encoded, range.startTicks, range.endTicks))
          samples.push(sample);
      } else if (samples.length > 0) {
        // Where nothing can be decoded, the picture before it stays.
        const last = samples.pop()!;
        samples.push({ ...last, duration: last.duration + range.endTicks - range.startTicks });
      }
    }
    this.countSent(samples);
    if (startTicks !== undefined) {
      return { trackId: this.trackId, baseMediaDecodeTime: startTicks - originTicks, samples };
    }
    this.#checkHope(ranges.at(-1)?.endTicks, isLast);
    return undefined;
  }

  protected inspect(sample: Sample): VideoSampleTraits | undefined {
    const traits = this.#inspect(sample);
    // A decoder can start where players cannot.
    return traits?.randomAccess === 'recovery' ? { ...traits, randomAccess: 'start' } : traits;
  }

  protected accept(sample: Sample, traits: VideoSampleTraits): void {
    const { presentationTime, decodeTime, palette, data, offset } = sample;
    this.#ranges ??= this.#createRanges();
    const before = this.#ranges.heldBytes;
    const ticks = this.cadence.toTicks(presentationTime);
    this.#ranges.push({
      presentationTime: ticks,
      decodeTime: decodeTime === undefined ? undefined : this.cadence.toTicks(decodeTime),
      isKey: traits.randomAccess !== 'none',
      ...hiddenOf(sample, ticks >= this.startInstant!.ticks),
      isDisposable: traits.isDisposable,
      palette,
      data,
      offset,
    });
    this.countHeld(this.#ranges.heldBytes - before);
  }

  protected end(): void {
    this.#ranges?.finish(this.lastDurationTicks);
  }

  protected oldestOffset(): number | undefined {
    return this.#ranges?.heldFrom;
  }

  /** The last picture that is not after the wanted start: what is encoded anew can begin anywhere. */
  protected override startTicksOf(begun: readonly InspectedSample[]): number {
    const first = super.startTicksOf(begun);
    const { startTime, shownFromTime } = this.#options;
    const shownFrom = Math.max(first, this.cadence.toTicks(shownFromTime));
    if (startTime === undefined) return shownFrom;
    const wanted = this.cadence.toTicks(startTime);
    const times = begun.map(({ sample }) => this.cadence.toTicks(sample.presentationTime));
    return Math.max(shownFrom, ...times.filter((ticks) => ticks <= wanted));
  }

  #createRanges(): VideoRanges {
    const { sourceEnd } = this.#options;
    return new VideoRanges(this.startInstant!.ticks, this.timescale, {
      isReordered: !ORDERED_CODECS.has(this.track.codec),
      sourceEndTicks: sourceEnd && ticksOf(sourceEnd, this.timescale),
    });
  }

  #takeRanges(untilTicks: number): readonly PictureRange[] {
    if (this.#ranges === undefined) return [];
    const before = this.#ranges.heldBytes;
    const ranges = this.#ranges.take(untilTicks);
    this.countHeld(this.#ranges.heldBytes - before);
    return ranges;
  }

  #encode(range: PictureRange, signal: AbortSignal): Promise<EncodedVideo> {
    const { startTicks, endTicks, pictures, isNearEnd } = range;
    const { pool } = this.#options;
    return encodeVideo(
      pool,
      {
        decoder: this.track,
        packets: pictures,
        timescale: this.timescale,
        startTicks,
        endTicks,
        output: this.#output,
        // The other engines will soon have nothing to do.
        threads: isNearEnd ? Math.max(1, Math.min(pool.stats.pids.length, MOST_THREADS)) : undefined,
      },
      { signal },
    );
  }

  /** A stream whose video says nothing at all is not a stream of that video. */
  #checkHope(endTicks: number | undefined, isLast: boolean): void {
    if (this.sent > 0 || endTicks === undefined) return;
    const tried = endTicks - this.startInstant!.ticks;
    if (!isLast && tried < HOPELESS_SECONDS * this.timescale) return;
    throw new MalformedMediaError('No picture of the video can be decoded.', {
      context: { track: this.sourceTrackId, codec: this.track.codec },
    });
  }
}
