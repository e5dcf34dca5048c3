/** Samples at 48 kHz in one frame for each configuration, by mode: SILK, hybrid, CELT. RFC 6716, table 2. */
const silkFrames: readonly number[] = [480, 960, 1920, 2880];
const hybridFrames: readonly number[] = [480, 960];
const celtFrames: readonly number[] = [120, 240, 480, 960];

/** The longest packet: 120 ms. */
const maxPacketSamples = 5760;

/**
 * Samples at 48 kHz in one Opus packet, from its table-of-contents byte and, for code 3, its frame count.
 * @returns undefined for a packet that is empty, cut off, or longer than the 120 ms that are allowed.
 * @see RFC 6716, section 3.1 and 3.2
 */
export function opusPacketSamples(packet: Uint8Array): number | undefined {
  const toc = packet[0];
  if (toc === undefined) return undefined;
  const configuration = toc >> 3;
  const frame =
    configuration < 12
      ? silkFrames[configuration & 3]!
      : configuration < 16
        ? hybridFrames[configuration & 1]!
        : celtFrames[configuration & 3]!;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 0x3f : 2;
  const samples = frame * frames;
  return samples === 0 || samples > maxPacketSamples ? undefined : samples;
}
