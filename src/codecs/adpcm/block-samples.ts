/**
 * Samples a channel in one block of the ADPCM kinds that WAVEFORMATEX names. A block begins with a header for each
 * channel that holds its first samples (two in Microsoft's, one in IMA's); four bits follow for each further one.
 * @param codec - the kind.
 * @param blockSize - bytes of the block (nBlockAlign).
 * @param channels - number of channels.
 * @returns undefined when the block is smaller than its header.
 * @see Microsoft Multimedia Standards Update, 1994, "ADPCM" and "IMA ADPCM"
 */
export function adpcmBlockSamples(
  codec: 'adpcm_ms' | 'adpcm_ima_wav',
  blockSize: number,
  channels: number,
): number | undefined {
  const [headerSize, headerSamples] = codec === 'adpcm_ms' ? [7, 2] : [4, 1];
  const rest = blockSize - headerSize * channels;
  return rest < 0 || channels < 1 ? undefined : headerSamples + Math.floor((rest * 2) / channels);
}
