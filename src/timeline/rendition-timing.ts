import { rescale } from '../time/rescale.js';
import { checkSegmentCount, isTooShort, targetSeconds } from './segment-plan-cuts.js';
import type { RenditionTiming, SegmentPlan } from './segment-plan.js';

/** The frames of an encoded audio rendition. */
export interface GridAudio {
  /** Samples a second; the rendition's timescale. */
  readonly rate: number;
  /** Samples of a frame; frame k begins at k times this. */
  readonly frameSamples: number;
  /** Where the track's last sample ends, in samples of the output timeline. */
  readonly endTicks: number;
}

/** The packets of a copied audio rendition. */
export interface CopiedAudio {
  /** Samples a second; the rendition's timescale. */
  readonly rate: number;
  /** Samples of a packet; undefined where packets differ in length. */
  readonly frameSamples: number | undefined;
  /** Where the first packet begins, in samples of the output timeline; the others follow without a gap. */
  readonly anchorTicks: number;
  /** Where the last packet ends, in samples of the output timeline. */
  readonly endTicks: number;
}

/** When the segments of video begin and end: as the plan says. */
export function videoTiming({ timescale, starts, end }: SegmentPlan): RenditionTiming {
  return { timescale, starts, end };
}

/**
 * When the segments of encoded audio begin and end: each at the first frame of the global grid at or after the plan's
 * start. They reach to the end of the audio or of the plan, whichever is later, in whole frames.
 *
 * A start at which no frame would be left for the segment before it is dropped. Audio that is longer than the plan by more
 * than the target length gets further segments of that length.
 * @param plan - the plan.
 * @param audio - the frames.
 * @returns the owner of a frame is the segment in whose range its start lies.
 * @throws {LimitExceededError} when there would be more segments than a playlist can hold.
 */
export function gridAudioTiming(plan: SegmentPlan, audio: GridAudio): RenditionTiming {
  const { rate, frameSamples, endTicks } = audio;
  // The same rounding as that of the encoded frames: `firstGridFrameFrom`.
  const end = Math.max(ownTicks(plan.end, plan, audio), upToStep(endTicks, frameSamples));
  return cutAudio(plan, { rate, frameSamples, anchorTicks: 0, endTicks: end });
}

/**
 * When the segments of copied audio begin and end: each at the first packet at or after the plan's start, where packets
 * have a constant length; else at the plan's start itself. The first begins at 0 also when the audio comes later.
 *
 * A start at which no packet would be left for the segment before or after it is dropped. Audio that is longer than the plan
 * by more than the target length gets further segments of that length.
 * @param plan - the plan.
 * @param audio - the packets.
 * @returns the owner of a packet is the segment in whose range its start lies.
 * @throws {LimitExceededError} when there would be more segments than a playlist can hold.
 */
export function copiedAudioTiming(plan: SegmentPlan, audio: CopiedAudio): RenditionTiming {
  const { rate, frameSamples = 1, anchorTicks } = audio;
  const endTicks = Math.max(audio.endTicks, anchorTicks + frameSamples, 1);
  return cutAudio(plan, { rate, frameSamples, anchorTicks, endTicks });
}

/** Frames or packets that lie on `anchorTicks + k * frameSamples`, k from 0. */
interface AudioLattice {
  readonly rate: number;
  readonly frameSamples: number;
  readonly anchorTicks: number;
  readonly endTicks: number;
}

function cutAudio(plan: SegmentPlan, lattice: AudioLattice): RenditionTiming {
  const { rate, frameSamples, anchorTicks, endTicks } = lattice;
  const starts = [0];
  let from = Math.max(0, anchorTicks);
  const add = (ticks: number): void => {
    if (ticks <= from || ticks >= endTicks) return;
    starts.push(ticks);
    from = ticks;
  };
  for (const start of plan.starts) add(ownTicks(start, plan, lattice));
  const targetTicks = upToStep(targetSeconds * rate, frameSamples);
  const planEnd = ownTicks(plan.end, plan, lattice);
  if (endTicks - planEnd > targetTicks) {
    const count = Math.ceil((endTicks - planEnd) / targetTicks);
    checkSegmentCount(starts.length + count);
    for (let ticks = planEnd; !isTooShort(endTicks - ticks, targetTicks); ticks += targetTicks) add(ticks);
  }
  return { timescale: rate, starts, end: endTicks };
}

/** Where the first frame at or after a time of the plan begins. */
function ownTicks(
  ticks: number,
  { timescale }: SegmentPlan,
  { rate, frameSamples, anchorTicks = 0 }: { rate: number; frameSamples: number; anchorTicks?: number },
): number {
  const samples = rescale(ticks, timescale, rate, 'up');
  return anchorTicks + Math.max(0, upToStep(samples - anchorTicks, frameSamples));
}

function upToStep(ticks: number, step: number): number {
  return Math.ceil(ticks / step) * step;
}
