import { LimitExceededError } from '../errors.js';

/** How long segments aim to be, in seconds: what Apple's authoring specification asks for. */
export const targetSeconds = 6;

/** Startable pictures further apart than this many target lengths call for a re-encode, where that can help. */
export const longestOfTarget = 2;

/** A last segment shorter than the target divided by this is joined to the one before. */
const shortestDivisor = 5;

/** A week of target lengths, and a playlist of some megabytes. Times of the file decide how many there are. */
const mostSegments = 100_000;

/** Where a segment begins. */
interface Cut {
  readonly ticks: number;
  readonly keyframe: number;
}

/** What ends a list of cuts. */
interface CutLimits {
  readonly timescale: number;
  readonly end: number;
  readonly targetTicks: number;
}

/** Cuts as a plan holds them. */
interface EndedCuts {
  readonly timescale: number;
  readonly starts: readonly number[];
  readonly end: number;
  readonly keyframes: readonly number[];
}

/**
 * Makes a plan of cuts: joins a last segment that is too short to the one before.
 * @param cuts - strictly rising, before the end, and the first at 0; changed.
 * @param limits - where the last segment ends, and the target.
 * @throws {LimitExceededError} when there are too many.
 */
export function endCuts(cuts: Cut[], { timescale, end, targetTicks }: CutLimits): EndedCuts {
  if (isTooShort(end - cuts.at(-1)!.ticks, targetTicks) && cuts.length > 1) cuts.pop();
  checkSegmentCount(cuts.length);
  return {
    timescale,
    starts: cuts.map(({ ticks }) => ticks),
    end,
    keyframes: cuts.map(({ keyframe }) => keyframe),
  };
}

/** Whether a last segment of this length is joined to the one before; both in the same ticks. */
export function isTooShort(lengthTicks: number, targetTicks: number): boolean {
  return lengthTicks * shortestDivisor < targetTicks;
}

/**
 * The first picture at a time or after it, of pictures at a constant distance.
 * @param ticks - the time.
 * @param anchorTicks - of any picture.
 * @param frameTicks - from one picture to the next.
 */
export function firstPictureFrom(ticks: number, anchorTicks: number, frameTicks: number): number {
  return anchorTicks + Math.ceil((ticks - anchorTicks) / frameTicks) * frameTicks;
}

/** @throws {LimitExceededError} when a rendition has more segments than a playlist can hold. */
export function checkSegmentCount(count: number): void {
  if (count <= mostSegments) return;
  throw new LimitExceededError(`The source is too long: it has more than ${mostSegments} segments.`, {
    context: { count, limit: mostSegments },
  });
}
