/** One sample as the muxer takes it: times in ticks of its track's timescale, bytes as a view. */
export interface MuxSample {
  /** Ticks until the next sample of the track is decoded; a whole number from 0 to 2^32 - 1. */
  readonly duration: number;
  /** Presentation time less decode time in ticks; a whole number in the signed 32-bit range. */
  readonly compositionOffset: number;
  /** The 32 sample flags: `videoSampleFlags()` of its traits, or `AUDIO_SAMPLE_FLAGS`. */
  readonly flags: number;
  /** The sample's bytes. Not copied, not written to; the view is handed on in the fragment's chunks. */
  readonly data: Uint8Array;
}
