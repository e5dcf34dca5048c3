import { checkSegmentCount, endCuts, firstPictureFrom, longestOfTarget } from './segment-plan-cuts.js';
import type { ReencodedPlanRequest } from './segment-plan-reencoded.js';
import type { SegmentPlan } from './segment-plan.js';

/** What a plan of short segments is made of. */
export interface ShortPlanRequest extends ReencodedPlanRequest {
  /** The first segment is at least this long: what a viewer waits for before anything is seen. Above zero. */
  readonly openingTicks: number;
}

/**
 * What is decoded for a segment before its start is at most this many times as long as the segment. Decoding is several times
 * as fast as encoding, and of a picture group of a minute every segment would otherwise cost the minute.
 */
const MAX_LEAD = 4;

/**
 * Plans short segments of video that is encoded while a viewer waits: a new one at the first keyframe at least `targetTicks`
 * after the current one's start, startable or not; where there is none up to twice that, at the first picture from there
 * on. Far from a keyframe segments grow, so that what is decoded for each before its start does not outweigh it.
 * @param request - keyframes and lengths.
 * @returns a plan whose `keyframes` say where to begin decoding: with the last keyframe that is not after the start.
 * @throws {LimitExceededError} when there would be more segments than a playlist can hold.
 */
export function planShort(request: ShortPlanRequest): SegmentPlan {
  const { timescale, keyframes, targetTicks, openingTicks, frameTicks = 1 } = request;
  const times = keyframes.map(({ ticks }) => ticks);
  const end = Math.max(request.endTicks, (times.at(-1) ?? 0) + 1, 1);
  const cuts = [{ ticks: 0, keyframe: 0 }];
  /** The first keyframe that is at or after the next cut; or, of none, their number. */
  let next = 0;
  for (let from = 0, keyframe = 0; ;) {
    const target = cuts.length === 1 ? openingTicks : targetTicks;
    while (next < times.length && times[next]! < from + target) next++;
    const step = Math.max(target, Math.ceil((from - (times[keyframe] ?? 0)) / MAX_LEAD));
    const keyframeTicks = times[next];
    const isNear = keyframeTicks !== undefined && keyframeTicks < from + step * longestOfTarget;
    const ticks = isNear ? keyframeTicks : firstPictureFrom(from + step, times[0] ?? 0, frameTicks);
    if (ticks >= end) break;
    // Checked on the way: it is a time of the file that ends this loop.
    checkSegmentCount(cuts.length);
    while (keyframe + 1 < times.length && times[keyframe + 1]! <= ticks) keyframe++;
    cuts.push({ ticks, keyframe });
    from = ticks;
  }
  return endCuts(cuts, { timescale, end, targetTicks });
}
