/**
 * Samples a channel in one FLAC frame, from its header.
 * @returns undefined when the header is no FLAC frame header, or uses a reserved value.
 * @see RFC 9639, section 9.1
 */
export function flacFrameSamples(frame: Uint8Array): number | undefined {
  if (frame.length < 6 || frame[0] !== 0xff || (frame[1]! & 0xfe) !== 0xf8) return undefined;
  const code = frame[2]! >> 4;
  if (code === 0) return undefined;
  if (code === 1) return 192;
  if (code <= 5) return 144 << code;
  if (code >= 8) return 1 << code;
  // Codes 6 and 7: the size follows the coded number, which is as long as its first byte says.
  const at = 4 + codedNumberLength(frame[4]!);
  if (at + (code - 5) > frame.length) return undefined;
  return code === 6 ? frame[at]! + 1 : ((frame[at]! << 8) | frame[at + 1]!) + 1;
}

/** Bytes of the UTF-8-like coded number: as many as its first byte has leading ones, at least one. */
function codedNumberLength(first: number): number {
  return Math.max(1, Math.clz32(~(first << 24)));
}
