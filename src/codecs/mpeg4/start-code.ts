/** The last byte of the start codes that matter here: ISO/IEC 14496-2, table 6-3. */
export const mpeg4StartCode = {
  /** user_data_start_code: what the encoder says of itself follows. */
  userData: 0xb2,
  /** vop_start_code: a picture follows. */
  vop: 0xb6,
} as const;

/**
 * Finds a start code: the bytes 0, 0, 1 and its own.
 * @param code - one of {@link mpeg4StartCode}.
 * @param from - where the search begins.
 * @returns the place of the first zero; -1 when there is none.
 */
export function findStartCode(data: Uint8Array, code: number, from: number): number {
  for (let at = data.indexOf(code, from + 3); at >= 0; at = data.indexOf(code, at + 1)) {
    if (data[at - 1] === 1 && data[at - 2] === 0 && data[at - 3] === 0) return at - 3;
  }
  return -1;
}
