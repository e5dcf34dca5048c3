/** nal_unit_type values that segmint acts on. ITU-T H.264, table 7-1. */
export const avcNalType = {
  slice: 1,
  dataPartitionA: 2,
  dataPartitionB: 3,
  dataPartitionC: 4,
  idrSlice: 5,
  sei: 6,
  sequenceParameterSet: 7,
  pictureParameterSet: 8,
} as const;

/** nal_unit_type of a NAL unit that is not empty. */
export function avcNalTypeOf(nal: Uint8Array): number {
  return nal[0]! & 0x1f;
}
