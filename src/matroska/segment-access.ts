import type { Source } from '../media/source.js';
import type { Inflate } from './content-encoding.js';
import type { MatroskaTrack } from './tracks.js';

/** What is needed to read single places of a Segment. */
export interface SegmentAccess {
  /** A seekable source. */
  readonly source: Source;
  /** The tracks, by number. */
  readonly tracks: ReadonlyMap<number, MatroskaTrack>;
  /** Nanoseconds a Segment Tick. */
  readonly timestampScale: number;
  /** For tracks that are stored with zlib compression. */
  readonly inflate: Inflate | undefined;
  /** Offset of the first Cluster. */
  readonly firstClusterOffset: number;
  /** Offset at which the Segment ends; Infinity when its size is unknown. */
  readonly segmentEnd: number;
}
