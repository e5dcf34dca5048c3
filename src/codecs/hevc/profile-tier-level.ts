import type { BitReader } from '../../bytes/bit-reader.js';

/** The general part of profile_tier_level(): what a decoder must be able to do. */
export interface HevcProfileTierLevel {
  /** general_profile_space, 0 to 3. */
  readonly profileSpace: number;
  /** general_tier_flag: true for the High tier. */
  readonly isHighTier: boolean;
  /** general_profile_idc. */
  readonly profile: number;
  /** general_profile_compatibility_flag 0 to 31, flag 0 in the highest bit. */
  readonly compatibility: number;
  /** The 6 bytes of constraint flags that follow. */
  readonly constraints: readonly number[];
  /** general_level_idc, 30 times the level's number. */
  readonly level: number;
}

/**
 * Reads profile_tier_level(1, maxSubLayersMinus1).
 * @see ITU-T H.265, section 7.3.3
 */
export function readProfileTierLevel(reader: BitReader, maxSubLayersMinus1: number): HevcProfileTierLevel {
  const profileSpace = reader.bits(2);
  const isHighTier = reader.flag();
  const profile = reader.bits(5);
  const compatibility = reader.bits(32);
  const constraints = Array.from({ length: 6 }, () => reader.bits(8));
  const level = reader.bits(8);
  const hasProfile: boolean[] = [];
  const hasLevel: boolean[] = [];
  for (let i = 0; i < maxSubLayersMinus1; i++) {
    hasProfile.push(reader.flag());
    hasLevel.push(reader.flag());
  }
  if (maxSubLayersMinus1 > 0) reader.skip((8 - maxSubLayersMinus1) * 2);
  for (let i = 0; i < maxSubLayersMinus1; i++) {
    if (hasProfile[i]) reader.skip(88);
    if (hasLevel[i]) reader.skip(8);
  }
  return { profileSpace, isHighTier, profile, compatibility, constraints, level };
}
