import type { Ac3SyncFrame } from './sync-frame.js';

/**
 * Builds the payload of a `dac3` box.
 * @returns three bytes, owned by the caller.
 * @see ETSI TS 102 366, section F.4
 */
export function buildDac3(frame: Ac3SyncFrame): Uint8Array {
  const bits =
    (frame.sampleRateCode << 22) |
    (frame.bsid << 17) |
    (frame.bsmod << 14) |
    (frame.acmod << 11) |
    ((frame.hasLfe ? 1 : 0) << 10) |
    ((frame.frameSizeCode >> 1) << 5);
  return Uint8Array.of(bits >> 16, bits >> 8, bits);
}
