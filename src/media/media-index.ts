/** A place where decoding a track can begin, as the container's index gives it. */
export interface IndexEntry {
  /** The track's `id`. */
  readonly trackId: number;
  /** Presentation time in nanoseconds on the source's own timeline. */
  readonly timeNs: number;
  /** Byte offset in the source at which to start reading: in Matroska, that of the Cluster. */
  readonly offset: number;
  /**
   * Where the sample's block stands, in bytes from the first byte behind the Cluster's header, where the index says it
   * (Matroska CueRelativePosition).
   */
  readonly relativePosition?: number | undefined;
  /** How long what stands there is shown, in nanoseconds, where the index says it (Matroska CueDuration). */
  readonly durationNs?: number | undefined;
}

/** A random access point of the video track, from an index that was tested. */
export interface Keyframe {
  /** Presentation time in nanoseconds on the source's own timeline, as the container rounds it. */
  readonly timeNs: number;
  /** Byte offset in the source at which to start reading: in Matroska, that of the Cluster that holds it. */
  readonly offset: number;
  /**
   * Whether a player can begin at it: an IDR picture in H.264, any IRAP in HEVC. Undefined while its bytes have not
   * been seen.
   */
  readonly isStartable: boolean | undefined;
}

/** Where the random access points of a source's video track are: what a segment plan is made of. */
export interface MediaIndex {
  /** The track's `id`. */
  readonly trackId: number;
  /** `cues`: the container's index passed the tests; `repaired`: parts of it were scanned; `scan`: there was none. */
  readonly origin: 'cues' | 'repaired' | 'scan';
  /** In order of time, strictly rising; at least one. */
  readonly keyframes: readonly Keyframe[];
  /**
   * Where the last sample of each track ends, in nanoseconds on the source's own timeline, as the end of the source
   * tells; a track of which no sample stands there is absent.
   */
  readonly trackEndsNs: ReadonlyMap<number, number>;
  /** What was found wrong with the container's index, in words for a person; empty when nothing was. */
  readonly faults: readonly string[];
}
