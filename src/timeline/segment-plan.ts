/** Where the segments of a source begin and end, on the output timeline: what every rendition is cut by. */
export interface SegmentPlan {
  /** Ticks a second of the plan: the video track's timescale, or for audio alone the rate of its frame grid. */
  readonly timescale: number;
  /** Where each segment begins, in ticks; strictly rising, and the first is 0. At least one. */
  readonly starts: readonly number[];
  /** Where the last segment ends, in ticks; after the last start. */
  readonly end: number;
  /** For each segment, which of the index's keyframes it begins at; empty for audio alone. */
  readonly keyframes: readonly number[];
}

/** When the segments of one rendition begin and end by the plan: what its playlist states. */
export interface RenditionTiming {
  /** Ticks a second. */
  readonly timescale: number;
  /** Where each segment begins, in ticks; strictly rising. */
  readonly starts: readonly number[];
  /** Where the last segment ends, in ticks. */
  readonly end: number;
}
