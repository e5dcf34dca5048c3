import { checkSegmentCount, endCuts, firstPictureFrom, longestOfTarget } from './segment-plan-cuts.js';
import type { PlanRequest, SegmentPlan } from './segment-plan.js';

/** What the plan of a rendition is made of that is re-encoded whole. */
export interface ReencodedPlanRequest extends PlanRequest {
  /** Ticks between pictures, where the rate is constant: cuts between keyframes then fall on pictures. */
  readonly frameTicks?: number | undefined;
}

/**
 * Plans the segments of video that is re-encoded whole, as ranges of presentation time: a new one at the first keyframe at
 * least `targetTicks` after the current one's start, startable or not; where there is none up to twice that, at
 * `targetTicks` exactly, or at the first picture from there on where pictures have a constant distance.
 * @param request - keyframes and lengths.
 * @returns a plan whose `keyframes` say where to begin decoding: with the last keyframe that is not after the start.
 * @throws {LimitExceededError} when there would be more segments than a playlist can hold.
 */
export function planReencoded(request: ReencodedPlanRequest): SegmentPlan {
  const { timescale, keyframes, targetTicks, frameTicks = 1 } = request;
  const times = keyframes.map(({ ticks }) => ticks);
  const end = Math.max(request.endTicks, (times.at(-1) ?? 0) + 1, 1);
  const cuts = [{ ticks: 0, keyframe: 0 }];
  /** The first keyframe that is at or after the next cut; or, of none, their number. */
  let next = 0;
  for (let from = 0; ;) {
    const least = from + targetTicks;
    while (next < times.length && times[next]! < least) next++;
    const keyframeTicks = times[next];
    const isNear = keyframeTicks !== undefined && keyframeTicks < from + targetTicks * longestOfTarget;
    const ticks = isNear ? keyframeTicks : firstPictureFrom(least, times[0] ?? 0, frameTicks);
    if (ticks >= end) break;
    // Checked on the way: it is a time of the file that ends this loop.
    checkSegmentCount(cuts.length);
    cuts.push({ ticks, keyframe: keyframeTicks === ticks ? next : Math.max(0, next - 1) });
    from = ticks;
  }
  return endCuts(cuts, { timescale, end, targetTicks });
}
