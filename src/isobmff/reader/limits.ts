/**
 * Every size and count that an MP4 file controls and that its boxes' own bytes do not bound, with the most that is
 * accepted. Each is many times what real files hold. They are checked before anything is allocated.
 */
export const LIMITS = {
  /** Bytes of the moov box: ten hours of short samples need some tens of megabytes. */
  moovBytes: 256 << 20,
  /** Bytes of one moof box. */
  moofBytes: 32 << 20,
  /** Bytes of one segment index, and of mfra. */
  indexBytes: 64 << 20,
  /** Boxes that are walked over until moov is found. */
  boxesBeforeMoov: 4096,
  /** Boxes that are walked over to index fragments. */
  fragmentBoxes: 1_000_000,
  /** Depth to which segment indices refer to each other. */
  indexDepth: 8,
  /** Tracks in the file. */
  tracks: 256,
  /** Sample entries of one track. */
  descriptions: 256,
  /** Bytes of one codec configuration. */
  codecPrivateBytes: 4 << 20,
  /** Bytes of a text. */
  textBytes: 1 << 20,
  /** Chapters. */
  chapters: 10_000,
  /** Bytes of one sample. */
  sampleBytes: 128 << 20,
  /** Samples of one track. */
  samples: 100_000_000,
  /** Samples of one fragment. */
  fragmentSamples: 4 << 20,
  /** Random access points that are listed. */
  keyframes: 4_000_000,
  /** Samples of one batch. */
  batchSamples: 16_384,
  /** Believable duration in seconds: 24 hours. */
  durationSeconds: 24 * 3600,
} as const;
