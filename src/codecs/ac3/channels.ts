/** Full-range channels for acmod 0 to 7. ETSI TS 102 366, table 4.3. */
const fullRangeChannels: readonly number[] = [2, 1, 2, 3, 3, 4, 4, 5];

/** Channels of an AC-3 or E-AC-3 substream, the low-frequency one included. */
export function ac3Channels(acmod: number, hasLfe: boolean): number {
  return fullRangeChannels[acmod]! + (hasLfe ? 1 : 0);
}

/** Samples a second for fscod 0 to 2. ETSI TS 102 366, table 4.1. */
export const ac3SampleRates: readonly number[] = [48000, 44100, 32000];

/** Samples in one audio block. */
export const ac3BlockSamples = 256;
