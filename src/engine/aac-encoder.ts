/** An AAC encoder of libavcodec, with its options. */
export interface AacEncoder {
  /** libavcodec's name of it. */
  readonly name: 'aac' | 'libfdk_aac';
  /** Its options, by libavcodec's names. */
  readonly options: Readonly<Record<string, string>>;
}

/**
 * The encoders in order of preference; the first one that the engine's libavcodec has is used, unless a job names
 * another. See docs/decisions/0002-aac-encoder.md for the measurement behind it.
 */
export const AAC_ENCODERS: readonly AacEncoder[] = [
  { name: 'libfdk_aac', options: { afterburner: '0', cutoff: '18000' } },
  { name: 'aac', options: { aac_coder: 'fast' } },
];
