import type { ByteCursor } from '../bytes/cursor.js';
import type { ByteWriter } from '../bytes/byte-writer.js';

/** The version that a header box needs: 1, with 64-bit times, where the duration does not fit 32 bits. */
export function headerVersion(duration: number): 0 | 1 {
  return duration > 0xffffffff ? 1 : 0;
}

/** Bytes that {@link writeCreationTimes} and {@link writeDuration} write together. */
export function timesSize(version: 0 | 1): number {
  return version === 1 ? 24 : 12;
}

/** Writes creation and modification time: zero, so that equal input makes equal bytes. */
export function writeCreationTimes(writer: ByteWriter, version: 0 | 1): void {
  writer.zeros(version === 1 ? 16 : 8);
}

/** Writes a duration in the width of the box's version. */
export function writeDuration(writer: ByteWriter, version: 0 | 1, duration: number): void {
  if (version === 1) writer.u64(duration);
  else writer.u32(duration);
}

/** The most ticks that a time may be: sums of two are then exact. */
export const MAX_TIME = 2 ** 52;

/** Moves over creation and modification time. */
export function skipCreationTimes(cursor: ByteCursor, version: number): void {
  cursor.skip(version === 1 ? 16 : 8);
}

/** Reads a duration in the width of the box's version; undefined for all ones, which means that it is not known. */
export function readDuration(cursor: ByteCursor, version: number): number | undefined {
  if (version !== 1) {
    const duration = cursor.u32();
    return duration === 0xffffffff ? undefined : duration;
  }
  const duration = cursor.u32() * 2 ** 32 + cursor.u32();
  return Number.isSafeInteger(duration) ? duration : undefined;
}
