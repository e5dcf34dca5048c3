import type { MediaInfo } from './media-info.js';
import type { Sample } from './sample.js';
import type { ReadOptions } from './source.js';

/** A part of the source that could not be understood and was passed over. */
export interface Damage {
  /**
   * `unreadable`: bytes that are no element were passed over. `dropped`: an element or block whose form is known, but
   * whose content is not believable, was left out. `checksum`: an element's CRC-32 does not match; it was used.
   * `truncated`: the source ends before the container says that it does.
   */
  readonly kind: 'unreadable' | 'dropped' | 'checksum' | 'truncated';
  /** First byte that was passed over. */
  readonly offset: number;
  /** Number of bytes passed over; for `truncated`, that are known to be missing (0 when that cannot be known). */
  readonly length: number;
  /** What was wrong there. */
  readonly reason: string;
}

/** Takes samples out of a container, pulled by its reader. Does not own its source. */
export interface Demuxer {
  /** What the container says about itself. */
  readonly info: MediaInfo;
  /** What was passed over so far, oldest first; bounded, and `damageCount` counts the rest too. */
  readonly damage: readonly Damage[];
  /** How many damaged places were met so far. */
  readonly damageCount: number;

  /**
   * Pulls samples in stored (decode) order. One batch holds all samples of what was read at once, so that a reader
   * awaits once a read and not once a sample.
   * @param options - `trackIds` limits the tracks (all by default); `signal` ends the iteration.
   * @throws {MalformedMediaError | LimitExceededError | SourceError} when reading on is not possible.
   */
  samples(options?: SampleOptions): AsyncIterable<readonly Sample[]>;

  /**
   * Reads the picture that {@link MediaInfo.hasPicture} tells of; absent of demuxers that list it among the attachments.
   * @param maxBytes - one that is larger is left out.
   * @param options - a signal.
   * @returns the file of the picture; undefined when there is none.
   * @throws {EngineError | SourceError} when the source cannot be read.
   */
  readPicture?(maxBytes: number, options?: ReadOptions): Promise<Uint8Array | undefined>;
}

/** Options of {@link Demuxer.samples}. */
export interface SampleOptions extends ReadOptions {
  /** Tracks whose samples are wanted; all when absent. */
  readonly trackIds?: ReadonlySet<number> | undefined;
  /**
   * Begin near this time, in nanoseconds on the source's own timeline: at or before the last random access point of
   * `seekTrackId` that is not after it, when the source is seekable and an index or a search can find it; else at the
   * beginning. The reader drops what it does not want.
   */
  readonly startNs?: number | undefined;
  /** The track whose random access points count for `startNs`. */
  readonly seekTrackId?: number | undefined;
  /**
   * Begin at exactly this byte offset instead: that of a Cluster, as an index gives it. Needs a seekable source. Where
   * no Cluster stands there, what follows up to the next one is passed over as damage. In MP4: with all samples stored
   * there or behind, in the order of their offsets.
   */
  readonly startOffset?: number | undefined;
  /** The first byte that is probably not needed: a source need not fetch further, until more is asked for after all. */
  readonly endOffset?: number | undefined;
  /**
   * The time in nanoseconds from which on samples are probably not needed: as `endOffset`, for a reader that knows no
   * offset. A demuxer that cannot tell where samples of a time are passes over it.
   */
  readonly endNs?: number | undefined;
  /**
   * Takes, as samples are read, the offsets at which reading could have begun as well, where these are not the samples' own:
   * those of Clusters. In stored order; the caller's to empty.
   */
  readonly entryOffsets?: number[] | undefined;
}
