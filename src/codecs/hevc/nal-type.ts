/** nal_unit_type values that segmint acts on. ITU-T H.265, table 7-1. */
export const hevcNalType = {
  radlN: 6,
  radlR: 7,
  raslN: 8,
  raslR: 9,
  /** Highest of the sub-layer non-reference types, which are the even ones up to here. */
  lastNonReference: 14,
  firstIrap: 16,
  idrWithLeading: 19,
  /** IRAP pictures up to here begin a sequence: BLA and IDR. CRA pictures, behind them, need not. */
  idrAlone: 20,
  lastIrap: 23,
  /** Types up to here are coded slices. Reserved ones count: a later decoder may know them. */
  lastVcl: 31,
  videoParameterSet: 32,
  sequenceParameterSet: 33,
  pictureParameterSet: 34,
  prefixSei: 39,
  suffixSei: 40,
} as const;

/** nal_unit_type of a NAL unit that is not empty. */
export function hevcNalTypeOf(nal: Uint8Array): number {
  return (nal[0]! >> 1) & 0x3f;
}
