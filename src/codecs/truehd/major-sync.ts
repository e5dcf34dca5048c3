/** What the major sync of a TrueHD or MLP access unit says of its length. */
export interface MlpMajorSync {
  /** Samples a second. */
  readonly sampleRate: number;
  /** Samples a channel in every access unit up to the next major sync. */
  readonly samples: number;
}

/** format_sync: FBA for TrueHD, FBB for MLP. */
const sync = { prefix: 0xf8726f, trueHd: 0xba, mlp: 0xbb } as const;

/** Samples in an access unit at 48 or 44.1 kHz; it doubles with the rate. */
export const mlpBaseSamples = 40;

/**
 * Parses the major sync in an access unit.
 * @param unit - an access unit, from its check nibble and length on.
 * @returns undefined when it begins without a major sync, as most do.
 * @see Dolby TrueHD (MLP) high-level bitstream description, section 4.2
 */
export function parseMlpMajorSync(unit: Uint8Array): MlpMajorSync | undefined {
  if (unit.length < 10) return undefined;
  const prefix = (unit[4]! << 16) | (unit[5]! << 8) | unit[6]!;
  const kind = unit[7];
  if (prefix !== sync.prefix || (kind !== sync.trueHd && kind !== sync.mlp)) return undefined;
  // TrueHD begins with audio_sampling_frequency; MLP has two word lengths of four bits before it.
  const code = kind === sync.trueHd ? unit[8]! >> 4 : unit[9]! >> 4;
  const doublings = code & 7;
  if (doublings > 2) return undefined;
  return {
    sampleRate: ((code & 8) !== 0 ? 44100 : 48000) << doublings,
    samples: mlpBaseSamples << doublings,
  };
}

/**
 * Counts the access units in one packet, of which each begins with its length in 16-bit words.
 * @returns at least 1, for a packet that is not empty: one that is cut off still counts.
 */
export function countMlpAccessUnits(packet: Uint8Array): number {
  let units = 0;
  let at = 0;
  while (at + 4 <= packet.length) {
    const length = 2 * (((packet[at]! & 0x0f) << 8) | packet[at + 1]!);
    units++;
    if (length < 4) break;
    at += length;
  }
  return units;
}
