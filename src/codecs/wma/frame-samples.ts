/** The kinds of Windows Media Audio that code frames of one length for a stream. */
export type WmaCodec = 'wmav1' | 'wmav2' | 'wmapro' | 'wmalossless';

/**
 * Samples a channel in one frame of Windows Media Audio. A packet holds several, and its header does not tell plainly how
 * many; but packets begin a whole number of frames apart.
 * @param codec - the kind.
 * @param sampleRate - samples a second.
 * @param codecPrivate - what follows WAVEFORMATEX; for the two newer kinds it holds flags that change the length.
 */
export function wmaFrameSamples(
  codec: WmaCodec,
  sampleRate: number,
  codecPrivate: Uint8Array | undefined,
): number {
  const isNewer = codec === 'wmapro' || codec === 'wmalossless';
  let bits = 13;
  if (sampleRate <= 16_000) bits = 9;
  else if (sampleRate <= 22_050 || (sampleRate <= 32_000 && codec === 'wmav1')) bits = 10;
  else if (sampleRate <= 48_000 || !isNewer) bits = 11;
  else if (sampleRate <= 96_000) bits = 12;
  if (isNewer && codecPrivate !== undefined && codecPrivate.length >= 16) {
    const lengthFlags = codecPrivate[14]! & 6;
    bits += lengthFlags === 2 ? 1 : lengthFlags === 4 ? -1 : lengthFlags === 6 ? -2 : 0;
  }
  return 2 ** bits;
}
