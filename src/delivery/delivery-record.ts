/** How a segment came about, for the log. */
export interface DeliveryRecord {
  /** `store`: it was there; `made`: it was not. */
  readonly origin: 'store' | 'made';
  /** Whether another request had begun the work. */
  readonly isShared: boolean;
  /** Whether it was made, or begun, before any player asked for it, and this is the first that does. */
  readonly isPrefetched: boolean;
  /** Milliseconds that the work waited for its turn. */
  readonly waitedMs: number;
  /** Milliseconds that the making took. */
  readonly madeMs: number;
  /** Milliseconds of the making in which the source was being read. */
  readonly readingMs: number;
  /** Milliseconds of the making in which engines had a job of it, waiting for one included. */
  readonly transcodingMs: number;
  /** Bytes of the source that were read for it; a file that libavformat reads by itself is not counted. */
  readonly sourceBytes: number;
  /** Bytes of the segment. */
  readonly bytes: number;
  /** What was not made as planned, in words for a person. */
  readonly remarks: readonly string[];
}

/** An init segment or a media segment, to be sent. Its memory counts as in use until it is disposed of. */
export interface DeliveredSegment extends Disposable {
  /** Its bytes, one chunk after another; nobody writes into them. */
  readonly chunks: readonly Uint8Array[];
  /** Bytes of all chunks. */
  readonly byteLength: number;
  /** How it came about. */
  readonly record: DeliveryRecord;

  /**
   * Disposes of it, and lets its memory be used again. Without this call the memory is left to the collector: so it is to be
   * where a connection broke, as the system may still read what was written to it. All of it has been sent otherwise: whoever
   * took the chunks has said that they are done with them.
   */
  giveBack(): void;
}

/** What was made ahead of its time. */
export interface PrefetchStats {
  /** Segments that were begun before anybody asked for them. */
  readonly begun: number;
  /** Of those, segments that a player asked for then. */
  readonly used: number;
}
