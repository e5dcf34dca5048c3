import type { InspectVideoSample } from '../../codecs/configuration.js';
import { createVideoInspector } from '../../codecs/video.js';
import { MalformedMediaError } from '../../errors.js';
import type { SampleOptions } from '../../media/demuxer.js';
import type { VideoTrack } from '../../media/track.js';
import { createCadence, type Cadence } from '../../time/cadence.js';
import { ticksOf } from '../../time/instant.js';
import { rescale } from '../../time/rescale.js';
import { segmentStartTicks } from '../../timeline/segment-timeline.js';
import { inspectPicture } from '../inspect-picture.js';
import type { InspectedSample } from '../video-start.js';
import type { SegmentContext } from './segment-track.js';
import { findLeadingEnd, type PlannedCut } from './video-cut.js';
import { VideoScan } from './video-scan.js';

/** The pictures of one segment as the source stores them. */
export interface SegmentPictures {
  /** In decode order; at least one. */
  readonly pictures: readonly InspectedSample[];
  /** The first picture of the next segment and those that lead it; empty for the last segment. */
  readonly next: readonly InspectedSample[];
  /** Decode time of the segment's first sample, in ticks of the output. */
  readonly startTicks: number;
  /** Decode time at which the next segment begins. */
  readonly endTicks: number;
  /** A player can begin at its first picture. */
  readonly isStartable: boolean;
}

/** What is read beyond the place of the next keyframe at once: the keyframe itself. */
const keyframeBytes = 256 * 1024;

/** Reads the pictures of any one segment of a video track. */
export class VideoSegmentReader {
  /** Turns container times into ticks. */
  readonly cadence: Cadence;
  readonly #context: SegmentContext;
  readonly #track: VideoTrack;
  readonly #inspect: InspectVideoSample;
  readonly #cuts: readonly PlannedCut[];
  readonly #originTicks: number;
  readonly #isOrdered: boolean;

  /**
   * @param context - the source, its index and its plan.
   * @param track - the track that the index is of.
   * @param anchorTime - presentation time of the track's first sample, in container ticks.
   */
  constructor(context: SegmentContext, track: VideoTrack, anchorTime: number) {
    this.#context = context;
    this.#track = track;
    this.cadence = createCadence(track, anchorTime);
    this.#inspect = createVideoInspector(track);
    this.#isOrdered = track.codec !== 'hevc';
    this.#originTicks = ticksOf(context.origin, this.cadence.timescale);
    const keyframes = context.index?.keyframes ?? [];
    this.#cuts = context.plan.keyframes.map((index) => {
      const { timeNs, offset } = keyframes[index]!;
      return { time: rescale(timeNs, 1e9, track.timescale), offset };
    });
  }

  /** Presentation time of a picture in ticks of the output, from the output's zero. */
  ticksOf({ sample }: InspectedSample): number {
    return this.cadence.toTicks(sample.presentationTime) - this.#originTicks;
  }

  /**
   * Reads a segment, and just so far beyond it that the next one's start is known.
   * @param number - from 0.
   * @throws {MalformedMediaError} when the source has no picture for it.
   * @throws {LimitExceededError} when it is larger than is sensible.
   */
  async read(number: number, signal: AbortSignal): Promise<SegmentPictures> {
    const scan = await this.#scan(number, signal);
    const first = scan.pictures[0];
    if (first === undefined) {
      throw new MalformedMediaError(
        `The source has no picture for segment ${number}: its index does not tell the truth.`,
        { context: { track: this.#track.id, segment: number } },
      );
    }
    const startTicks = this.#startTicks(number, scan.pictures);
    const endTicks =
      scan.next.length === 0 ? this.#lastEnd(scan.pictures) : this.#startTicks(number + 1, scan.next);
    return {
      pictures: scan.pictures,
      next: scan.next,
      startTicks,
      endTicks: Math.max(endTicks, startTicks + 1),
      isStartable: first.traits.randomAccess === 'start',
    };
  }

  /** Reads pictures in decode order. */
  async *pictures(options: SampleOptions): AsyncGenerator<readonly InspectedSample[], void, undefined> {
    const trackIds = new Set([this.#track.id]);
    for await (const batch of this.#context.demuxer.samples({ ...options, trackIds })) {
      const pictures: InspectedSample[] = [];
      for (const sample of batch) {
        const traits = inspectPicture(this.#inspect, sample.data);
        if (traits !== undefined) pictures.push({ sample, traits });
      }
      if (pictures.length > 0) yield pictures;
    }
  }

  /** Looks for the segment where the index says; where it is not, from a segment before, or from the beginning. */
  async #scan(number: number, signal: AbortSignal): Promise<VideoScan> {
    for (let from = number; from >= 0; from--) {
      const scan = await this.#scanFrom(number, from, false, signal);
      if (scan.state === 'done') return scan;
    }
    return this.#scanFrom(number, 0, true, signal);
  }

  async #scanFrom(
    number: number,
    from: number,
    mayBeginAnywhere: boolean,
    signal: AbortSignal,
  ): Promise<VideoScan> {
    const scan = new VideoScan({
      cuts: this.#cuts,
      number,
      from,
      mayBeginAnywhere,
      tolerance: this.#track.timePrecision,
      isOrdered: this.#isOrdered,
    });
    const next = this.#cuts[number + 1];
    const startOffset = mayBeginAnywhere
      ? this.#context.demuxer.firstClusterOffset
      : this.#cuts[from]!.offset;
    const endOffset = next === undefined ? undefined : next.offset + keyframeBytes;
    for await (const batch of this.pictures({ startOffset, endOffset, signal })) {
      for (const picture of batch) {
        scan.push(picture);
        if (scan.state !== 'reading') return scan;
      }
    }
    scan.finish();
    return scan;
  }

  /** When segment `number` starts, of which `pictures` are the first; the segment before finds the same. */
  #startTicks(number: number, pictures: readonly InspectedSample[]): number {
    if (number === 0) return 0;
    const leadingEnd = findLeadingEnd(pictures, 0, this.#isOrdered) ?? pictures.length;
    const ticks = pictures.slice(0, leadingEnd).map((picture) => this.ticksOf(picture));
    // No picture leads one of an earlier segment, whatever a damaged time says.
    return Math.max(segmentStartTicks(ticks), this.#context.plan.starts[number - 1]! + 1);
  }

  /** When the last picture that is shown ends. */
  #lastEnd(pictures: readonly InspectedSample[]): number {
    let last = pictures[0]!;
    let before = Number.NEGATIVE_INFINITY;
    for (const picture of pictures) {
      if (picture.sample.presentationTime > last.sample.presentationTime) {
        before = last.sample.presentationTime;
        last = picture;
      } else if (picture !== last) {
        before = Math.max(before, picture.sample.presentationTime);
      }
    }
    const { presentationTime, duration } = last.sample;
    const lastTicks = this.cadence.toTicks(presentationTime);
    const lasts =
      this.cadence.ticksPerFrame ??
      (duration === undefined
        ? lastTicks - (Number.isFinite(before) ? this.cadence.toTicks(before) : lastTicks)
        : this.cadence.toTicks(presentationTime + duration) - lastTicks);
    return this.ticksOf(last) + Math.max(1, lasts);
  }
}
