import type { Sample } from '../../media/sample.js';
import type { SubtitleTrack } from '../../media/track.js';
import { ticksOf, type Instant } from '../../time/instant.js';
import { rescale } from '../../time/rescale.js';

/** A stretch of the output timeline, in milliseconds. */
export interface TimeRange {
  /** Where it begins. */
  readonly startMs: number;
  /** The first millisecond that is no more part of it; Infinity for all that there is. */
  readonly endMs: number;
}

/** A sample of a subtitle track on the output timeline. */
export interface ShownSample {
  /** When it appears, in whole milliseconds; below 0 for what begins before the film does. */
  readonly startMs: number;
  /** When it goes; undefined where nothing says so. */
  readonly endMs: number | undefined;
  /** As the container stores it; a view. */
  readonly data: Uint8Array;
  /** What the container carries beside it for its codec; a view. */
  readonly addition: Uint8Array | undefined;
}

/** How long text is shown that does not say it, in milliseconds. */
export const UNSTATED_MS = 5000;

/**
 * Places a sample on the output timeline.
 * @param track - of the sample.
 * @param origin - the time of the source that is zero.
 * @param durationNs - how long it is shown where it does not say so itself.
 */
export function placeSample(
  sample: Sample,
  track: SubtitleTrack,
  origin: Instant,
  durationNs?: number,
): ShownSample {
  const { timescale } = track;
  const start = sample.presentationTime - ticksOf(origin, timescale);
  const duration =
    sample.duration ?? (durationNs === undefined ? undefined : rescale(durationNs, 1e9, timescale));
  const end = duration === undefined || duration <= 0 ? undefined : start + duration;
  return {
    startMs: rescale(start, timescale, 1000),
    endMs: end === undefined ? undefined : rescale(end, timescale, 1000),
    data: sample.data,
    addition: sample.addition,
  };
}

/** Whether a sample is shown at any time of a range. */
export function isShownIn({ startMs, endMs }: ShownSample, range: TimeRange): boolean {
  return startMs < range.endMs && (endMs ?? startMs + UNSTATED_MS) > range.startMs;
}
