import type { ByteWriter } from './byte-writer.js';
import type { ByteCursor } from './cursor.js';

/** Bytes that {@link writeVarint} takes for a value. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

/**
 * Writes a whole number from 0 to 2^53 - 1 as a LEB128: seven bits a byte, the lowest first, the eighth set on all but
 * the last.
 */
export function writeVarint(writer: ByteWriter, value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) writer.u8(128 + (rest % 128));
  writer.u8(rest);
}

/**
 * Reads what {@link writeVarint} writes.
 * @throws {MalformedMediaError} at the end of the bytes, and above 2^53 - 1.
 */
export function readVarint(cursor: ByteCursor): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = cursor.u8();
    value += (byte & 127) * scale;
    if (value > Number.MAX_SAFE_INTEGER) throw cursor.malformed('holds a number beyond 2^53');
    if (byte < 128) return value;
    if (scale > 2 ** 49) throw cursor.malformed('holds a number of too many bytes');
  }
}
