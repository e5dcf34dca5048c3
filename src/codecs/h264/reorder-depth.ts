import type { AvcSequenceParameterSet } from './sps.js';

/** MaxDpbMbs for each level_idc; 9 is level 1b. ITU-T H.264, table A-1. */
const maxDpbMacroblocks: readonly (readonly [level: number, macroblocks: number])[] = [
  [9, 396],
  [10, 396],
  [11, 900],
  [12, 2376],
  [13, 2376],
  [20, 2376],
  [21, 4752],
  [22, 8100],
  [30, 8100],
  [31, 18000],
  [32, 20480],
  [40, 32768],
  [41, 32768],
  [42, 34816],
  [50, 110400],
  [51, 184320],
  [52, 184320],
  [60, 696320],
  [61, 696320],
  [62, 696320],
];

/** Profiles that are intra-only when constraint_set3_flag is set. */
const intraCapable = new Set([44, 86, 100, 110, 122, 244]);

/**
 * The most frames that can precede another in decode order and follow it in output order. Stated by the VUI; else
 * the bound that the specification infers, except that Baseline, which has no B slices, counts as not reordered.
 * @returns frames, 0 to 16.
 * @see ITU-T H.264, section E.2.1 (max_num_reorder_frames) and A.3.1
 */
export function avcReorderDepth(sps: AvcSequenceParameterSet): number {
  if (sps.pictureOrder.type === 2) return 0;
  const stated = sps.vui?.maxReorderFrames;
  if (stated !== undefined && stated <= 16) return stated;
  if (sps.profile === 66) return 0;
  const isIntraOnly = sps.profile === 44 || (intraCapable.has(sps.profile) && (sps.constraints & 0x10) !== 0);
  return isIntraOnly ? 0 : maxDpbFrames(sps);
}

function maxDpbFrames(sps: AvcSequenceParameterSet): number {
  const macroblocks = maxDpbMacroblocks.find(([level]) => level >= sps.level)?.[1] ?? 696320;
  const frames = Math.floor(macroblocks / (sps.widthInMacroblocks * sps.heightInMacroblocks));
  return Math.min(frames, 16);
}
