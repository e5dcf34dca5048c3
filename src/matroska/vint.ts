/** Stands for a size whose bits are all one: the element ends where something that cannot be inside it begins. */
export const UNKNOWN_SIZE = -1;

/**
 * Length in bytes of a variable-size integer, from its first byte.
 * @returns 1 to 8, or 9 when the byte is zero, which is no valid first byte.
 * @see RFC 8794, section 4.1
 */
export function vintLength(firstByte: number): number {
  return Math.clz32(firstByte) - 23;
}

/**
 * Parses the value of a variable-size integer that is known to be all there.
 * @param bytes - where it stands.
 * @param position - index of its first byte.
 * @param length - its length, from {@link vintLength}; 1 to 8.
 * @returns the value without the length marker. Exact below 2^53; no valid size or number is above that.
 * @see RFC 8794, section 4
 */
export function parseVint(bytes: Uint8Array, position: number, length: number): number {
  let value = bytes[position]! & (0xff >> length);
  for (let i = 1; i < length; i++) value = value * 256 + bytes[position + i]!;
  return value;
}

/**
 * Tells whether the value bits of a size are all one, which makes the size unknown.
 * @see RFC 8794, section 6.2
 */
export function isUnknownSize(value: number, length: number): boolean {
  return value === ALL_ONES[length];
}

/** By length. 2^56 - 1 has no exact number, and rounds to 2^56; the eight-byte pattern rounds to the same. */
const ALL_ONES = Array.from({ length: 9 }, (_, length) => 2 ** (7 * length) - 1);
