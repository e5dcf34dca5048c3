import type { HevcProfileTierLevel } from './profile-tier-level.js';

/**
 * Writes the `codecs` parameter of an HEVC track, such as `hvc1.2.4.L153.B0`.
 * @param sampleEntry - `hvc1`, `hev1`, or for Dolby Vision without a compatible base layer `dvh1`.
 * @see ISO/IEC 14496-15, annex E.3
 */
export function hevcCodecString(sampleEntry: string, ptl: HevcProfileTierLevel): string {
  const space = ['', 'A', 'B', 'C'][ptl.profileSpace] ?? '';
  const tier = ptl.isHighTier ? 'H' : 'L';
  let last = ptl.constraints.length;
  while (last > 0 && ptl.constraints[last - 1] === 0) last--;
  const constraints = ptl.constraints.slice(0, last).map((byte) => `.${byte.toString(16).toUpperCase()}`);
  const compatibility = reverseBits(ptl.compatibility).toString(16).toUpperCase();
  return `${sampleEntry}.${space}${ptl.profile}.${compatibility}.${tier}${ptl.level}${constraints.join('')}`;
}

/** The compatibility flags are written with flag 31 as the highest bit, the reverse of the bitstream's order. */
function reverseBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((value >>> bit) & 1) reversed += 2 ** (31 - bit);
  }
  return reversed;
}
