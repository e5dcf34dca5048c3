import type { BitReader } from '../../bytes/bit-reader.js';

/** Shapes for aspect_ratio_idc 1 to 16. ITU-T H.273, table 10. */
const fixedRatios: readonly (readonly [number, number])[] = [
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];

/**
 * Reads aspect_ratio_idc and what follows it.
 * @returns pixel shape, horizontal over vertical; undefined when unspecified or not a shape.
 * @see ITU-T H.264, section E.2.1; ITU-T H.265, section E.3.1
 */
export function readSampleAspectRatio(reader: BitReader): readonly [number, number] | undefined {
  const idc = reader.bits(8);
  if (idc !== 255) return fixedRatios[idc - 1];
  const horizontal = reader.bits(16);
  const vertical = reader.bits(16);
  return horizontal === 0 || vertical === 0 ? undefined : [horizontal, vertical];
}
