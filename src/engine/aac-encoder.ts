/** An AAC encoder of libavcodec, with its options. */
export interface AacEncoder {
  /** libavcodec's name of it. */
  readonly name: 'aac' | 'libfdk_aac';
  /** Its options, by libavcodec's names. */
  readonly options: Readonly<Record<string, string>>;
}

/** The encoder that is used unless a job says otherwise; see docs/decisions/0002-aac-encoder.md for why. */
export const DEFAULT_AAC_ENCODER: AacEncoder = { name: 'aac', options: { aac_coder: 'fast' } };
