import { ByteWriter } from '../../bytes/byte-writer.js';
import { checkLimit } from '../../bytes/limits.js';
import { maxNalUnits } from './length-prefixed.js';

/** Whether the bytes begin with a start code, with any number of zero bytes before it. */
export function startsWithStartCode(bytes: Uint8Array): boolean {
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  return zeros >= 2 && bytes[zeros] === 1;
}

/**
 * Finds the next three-byte start code prefix (00 00 01) at or after `from`.
 * @returns the offset of its first zero, or -1.
 */
export function findStartCode(bytes: Uint8Array, from: number): number {
  const end = bytes.length - 2;
  let at = from;
  while (at < end) {
    // The third byte decides how far one may step: above 1 it can be part of no start code.
    const third = bytes[at + 2]!;
    if (third > 1) at += 3;
    else if (third === 1) {
      if (bytes[at] === 0 && bytes[at + 1] === 0) return at;
      at += 3;
    } else at += 1;
  }
  return -1;
}

/**
 * Views the NAL units of a byte stream. What precedes the first start code is not part of any.
 * @param stream - bytes in Annex B form; not copied.
 * @param find - what finds start codes, where there is something faster than {@link findStartCode}.
 * @returns the NAL units without start codes and trailing zero bytes; each shares memory with `stream`.
 * @throws {LimitExceededError} above {@link maxNalUnits}.
 * @see ITU-T H.264 and H.265, Annex B
 */
export function viewAnnexBNalUnits<T extends Uint8Array>(
  stream: T,
  find: (stream: T, from: number) => number = findStartCode,
): Uint8Array[] {
  const units: Uint8Array[] = [];
  let code = find(stream, 0);
  while (code >= 0) {
    const start = code + 3;
    const next = find(stream, start);
    let end = next < 0 ? stream.length : next;
    // A NAL unit never ends in a zero byte: zeros here are trailing_zero_8bits or belong to the next start code.
    while (end > start && stream[end - 1] === 0) end--;
    if (end > start) units.push(stream.subarray(start, end));
    checkLimit('number of NAL units in a sample', units.length, maxNalUnits);
    code = next;
  }
  return units;
}

/**
 * Rewrites a sample from Annex B to four-byte lengths. This copies the sample: start codes of three bytes leave no
 * room for the length.
 * @returns a new buffer; empty when the sample holds no NAL unit.
 * @throws {LimitExceededError} above {@link maxNalUnits}.
 * @see ISO/IEC 14496-15, section 5.3.2
 */
export function convertAnnexBToLengthPrefixed(stream: Uint8Array): Uint8Array {
  const units = viewAnnexBNalUnits(stream);
  const writer = new ByteWriter(units.reduce((size, unit) => size + 4 + unit.length, 0));
  for (const unit of units) {
    writer.u32(unit.length);
    writer.bytes(unit);
  }
  return writer.finish();
}
