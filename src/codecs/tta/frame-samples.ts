/**
 * Samples a channel in every TTA frame but the last: 256/245 of a second, rounded down.
 * @param sampleRate - samples a second.
 * @see TTA1 format, "frame length"
 */
export function ttaFrameSamples(sampleRate: number): number {
  return Math.floor((sampleRate * 256) / 245);
}
