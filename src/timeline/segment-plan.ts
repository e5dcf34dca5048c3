import { InvariantError } from '../errors.js';
import { endCuts, longestOfTarget } from './segment-plan-cuts.js';

/** Where the segments of a source begin and end, on the output timeline: what every rendition is cut by. */
export interface SegmentPlan {
  /** Ticks a second of the plan: the video track's timescale, or for audio alone the rate of its frame grid. */
  readonly timescale: number;
  /** Where each segment begins, in ticks; strictly rising, and the first is 0. At least one. */
  readonly starts: readonly number[];
  /** Where the last segment ends, in ticks; after the last start. */
  readonly end: number;
  /**
   * For each segment, which of the index's keyframes it begins at; for a rendition that is re-encoded whole, the last
   * that is not after its start. Empty for audio alone.
   */
  readonly keyframes: readonly number[];
}

/** When the segments of one rendition begin and end by the plan: what its playlist states. */
export interface RenditionTiming {
  /** Ticks a second. */
  readonly timescale: number;
  /** Where each segment begins, in ticks; strictly rising. */
  readonly starts: readonly number[];
  /** Where the last segment ends, in ticks. */
  readonly end: number;
}

/** A keyframe of the index, on the output timeline. */
export interface KeyframeTime {
  /** Presentation time in ticks of the plan. */
  readonly ticks: number;
  /** Whether a player can begin at it; undefined while its bytes have not been seen. */
  readonly isStartable: boolean | undefined;
}

/** What a plan is made of. */
export interface PlanRequest {
  /** Ticks a second of all times here. */
  readonly timescale: number;
  /** The index's keyframes, all of them, in order; strictly rising, at least one. */
  readonly keyframes: readonly KeyframeTime[];
  /** Where the last picture ends. A time that is not after the last keyframe is taken for one tick after it. */
  readonly endTicks: number;
  /** A segment is at least this long, but for the last. Above zero. */
  readonly targetTicks: number;
}

/** A plan, or why there is none for a copy. */
export type Planning =
  | { readonly plan: SegmentPlan; readonly needsReencode: undefined }
  | {
      readonly plan: undefined;
      /** Why the video has to be re-encoded whole to be cut, in words for a person. */
      readonly needsReencode: string;
    };

/**
 * Plans the segments of video that is copied: a new one at the first keyframe at least `targetTicks` after the current
 * one's start. Keyframes that are known not to be startable are passed over.
 *
 * The first segment begins at time 0 and with the first keyframe, whatever is known of it: what cannot be begun with there
 * is for whoever makes that segment to re-encode. A last segment shorter than a fifth of the target is joined to the one
 * before. What follows is that keyframes added at the end never move a cut that was planned before.
 *
 * A copy is refused where startable pictures are more than twice the target apart although there are others between: a
 * re-encoded rendition can be cut at those. Without others (one picture group for a minute), the segment is that long.
 * @param request - keyframes and lengths.
 * @throws {LimitExceededError} when there would be more segments than a playlist can hold.
 */
export function planSegments(request: PlanRequest): Planning {
  const { timescale, keyframes, targetTicks } = request;
  const last = keyframes.at(-1);
  if (last === undefined) throw new InvariantError('A plan was asked for without a keyframe.');
  const end = Math.max(request.endTicks, last.ticks + 1, 1);
  const gap = longestAvoidableGap(keyframes, end);
  if (gap > targetTicks * longestOfTarget) {
    const seconds = (gap / timescale).toFixed(1);
    return {
      plan: undefined,
      needsReencode: `pictures that a player can start from are up to ${seconds} seconds apart`,
    };
  }
  const cuts = [{ ticks: 0, keyframe: 0 }];
  let from = 0;
  for (let i = 1; i < keyframes.length; i++) {
    const { ticks, isStartable } = keyframes[i]!;
    if (isStartable === false || ticks - from < targetTicks) continue;
    cuts.push({ ticks, keyframe: i });
    from = ticks;
  }
  return { plan: endCuts(cuts, { timescale, end, targetTicks }), needsReencode: undefined };
}

/** The longest stretch without a startable keyframe that has another keyframe inside. */
function longestAvoidableGap(keyframes: readonly KeyframeTime[], end: number): number {
  let longest = 0;
  let from = 0;
  let isAvoidable = false;
  for (const { ticks, isStartable } of keyframes.slice(1)) {
    if (isStartable === false) {
      isAvoidable = true;
      continue;
    }
    if (isAvoidable) longest = Math.max(longest, ticks - from);
    from = ticks;
    isAvoidable = false;
  }
  return isAvoidable ? Math.max(longest, end - from) : longest;
}
