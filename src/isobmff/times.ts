import type { ByteWriter } from '../bytes/byte-writer.js';

/**
 * Writes what `mvhd` and `mdhd` begin with: creation and modification time (zero), timescale, duration.
 * @param version - 1 for 64-bit times and duration, 0 for 32-bit ones.
 */
export function writeTimes(writer: ByteWriter, version: 0 | 1, timescale: number, duration: number): void {
  writer.zeros(version === 1 ? 16 : 8);
  writer.u32(timescale);
  if (version === 1) writer.u64(duration);
  else writer.u32(duration);
}
