/** A place where decoding a track can begin, as the container's index gives it. */
export interface IndexEntry {
  /** The track's `id`. */
  readonly trackId: number;
  /** Presentation time in nanoseconds on the source's own timeline. */
  readonly timeNs: number;
  /** Byte offset in the source at which to start reading: in Matroska, that of the Cluster. */
  readonly offset: number;
}
