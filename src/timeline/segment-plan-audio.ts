import { checkSegmentCount, endCuts, targetSeconds } from './segment-plan-cuts.js';
import type { SegmentPlan } from './segment-plan.js';

/** The frames of the rendition that a plan for audio alone is made for. */
export interface AudioPlanRequest {
  /** Samples a second; the plan's timescale. */
  readonly rate: number;
  /** Samples of a frame; 1 where frames differ in length. */
  readonly frameSamples: number;
  /** Where the audio ends, in samples of the output timeline. */
  readonly endTicks: number;
}

/**
 * Plans the segments of a source of audio alone: each but the last has the same number of whole frames, the fewest that are
 * at least the target length. A last one shorter than a fifth of that is joined to the one before.
 * @param request - the frame grid and the end.
 * @throws {LimitExceededError} when there would be more segments than a playlist can hold.
 */
export function planAudioOnly({ rate, frameSamples, endTicks }: AudioPlanRequest): SegmentPlan {
  const targetTicks = Math.ceil((targetSeconds * rate) / frameSamples) * frameSamples;
  const end = Math.max(endTicks, 1);
  const count = Math.ceil(end / targetTicks);
  checkSegmentCount(count);
  const cuts = Array.from({ length: count }, (_, n) => ({ ticks: n * targetTicks, keyframe: 0 }));
  return { ...endCuts(cuts, { timescale: rate, end, targetTicks }), keyframes: [] };
}
