import { MalformedMediaError } from '../../errors.js';
import { isHidden } from '../../media/sample.js';
import type { VideoTrack } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import { firstDecodeTicks, segmentStartTicks } from '../../timeline/segment-timeline.js';
import type { InspectedSample } from '../video-start.js';
import { ShownEnd } from '../shown-end.js';
import { endBehindKeyframe } from './read-behind.js';
import type { SegmentContext } from './segment-track.js';
import { findLeadingEnd, type PlannedCut } from './video-cut.js';
import type { VideoPictures } from './video-pictures.js';
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

/** Reads the pictures of any one segment of a copied video track. */
export class VideoSegmentReader {
  readonly #context: SegmentContext;
  readonly #track: VideoTrack;
  readonly #pictures: VideoPictures;
  readonly #cuts: readonly PlannedCut[];

  /**
   * @param context - the source, its index and its plan.
   * @param track - the track that the index is of.
   * @param pictures - reads it.
   */
  constructor(context: SegmentContext, track: VideoTrack, pictures: VideoPictures) {
    this.#context = context;
    this.#track = track;
    this.#pictures = pictures;
    const keyframes = context.index?.keyframes ?? [];
    this.#cuts = context.plan.keyframes.map((keyframe) => {
      const { timeNs, offset } = keyframes[keyframe]!;
      return { time: rescale(timeNs, 1e9, track.timescale), offset };
    });
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
    const shownEnd = new ShownEnd();
    return {
      pictures: scan.pictures.filter(({ sample }) => shownEnd.admits(sample)),
      next: scan.next,
      startTicks,
      endTicks: Math.max(endTicks, startTicks + 1),
      isStartable: first.traits.randomAccess === 'start',
    };
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
      isOrdered: this.#pictures.isOrdered,
    });
    const next = this.#context.plan.keyframes[number + 1];
    const startOffset = mayBeginAnywhere
      ? this.#context.demuxer.firstClusterOffset
      : this.#cuts[from]!.offset;
    const endOffset = next === undefined ? undefined : endBehindKeyframe(this.#context, next);
    for await (const batch of this.#pictures.read({ startOffset, endOffset, signal })) {
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
    if (number === 0)
      return firstDecodeTicks(this.#pictures.ticksOf(pictures[0]!), this.#context.plan.timescale);
    const leadingEnd = findLeadingEnd(pictures, 0, this.#pictures.isOrdered) ?? pictures.length;
    const ticks = pictures.slice(0, leadingEnd).map((picture) => this.#pictures.ticksOf(picture));
    // No picture leads one of an earlier segment, whatever a damaged time says.
    return Math.max(segmentStartTicks(ticks), this.#context.plan.starts[number - 1]! + 1);
  }

  /** When the last picture that is shown ends. */
  #lastEnd(all: readonly InspectedSample[]): number {
    const shown = all.filter(({ sample }) => !isHidden(sample));
    const pictures = shown.length > 0 ? shown : all;
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
    const { cadence } = this.#pictures;
    const { presentationTime, duration } = last.sample;
    const lastTicks = cadence.toTicks(presentationTime);
    const lasts =
      cadence.ticksPerFrame ??
      (duration === undefined
        ? lastTicks - (Number.isFinite(before) ? cadence.toTicks(before) : lastTicks)
        : cadence.toTicks(presentationTime + duration) - lastTicks);
    return this.#pictures.ticksOf(last) + Math.max(1, lasts);
  }
}
