/**
 * Finds a start code of MPEG video: the bytes 0, 0, 1 and its own.
 * @param code - its last byte.
 * @param from - where the search begins.
 * @returns the place of the first zero; -1 when there is none.
 * @see ISO/IEC 13818-2, section 6.2.1; ISO/IEC 14496-2, section 6.2.1
 */
export function findStartCode(data: Uint8Array, code: number, from: number): number {
  for (let at = data.indexOf(code, from + 3); at >= 0; at = data.indexOf(code, at + 1)) {
    if (data[at - 1] === 1 && data[at - 2] === 0 && data[at - 3] === 0) return at - 3;
  }
  return -1;
}
