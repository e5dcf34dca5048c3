import type { ErrorCode } from '../errors.js';
import type { Damage } from '../media/demuxer.js';

/** One track of a continuous stream. */
export interface StreamTrack {
  /** Number of the track in the source. */
  readonly id: number;
  /** The kind. */
  readonly type: 'video' | 'audio';
  /** The source's codec. */
  readonly codec: string;
  /** RFC 6381 codec string of what is sent. */
  readonly codecString: string;
  /** What is done with it. */
  readonly action: 'copy' | 'transcode';
  /** Why. */
  readonly reason: string;
}

/** A track that is not sent although it might have been wanted. */
export interface LeftOutTrack {
  /** Number of the track in the source. */
  readonly id: number;
  /** The kind. */
  readonly type: 'video' | 'audio';
  /** Why. */
  readonly reason: string;
}

/** What a continuous stream is, known before its first byte. */
export interface StreamDescription {
  /** The media type with its codecs: `video/mp4; codecs="avc1.640028,mp4a.40.2"`. */
  readonly mimeType: string;
  /** The tracks that are sent. */
  readonly tracks: readonly StreamTrack[];
  /** Tracks that could not be used. */
  readonly leftOut: readonly LeftOutTrack[];
  /** The start that was asked for, in milliseconds of the source's timeline, which begins at 0. */
  readonly startMs: number;
  /** Where the stream really begins: the startable picture at or before `startMs`. */
  readonly trueStartMs: number;
  /** Duration of the whole source in milliseconds; undefined when it is not known. */
  readonly sourceDurationMs: number | undefined;
}

/** One track's share of a stream that has ended. */
export interface TrackSummary extends StreamTrack {
  /** Samples sent. */
  readonly samples: number;
  /** Bytes of samples sent. */
  readonly bytes: number;
  /** Samples of the source left out: before the start, without a picture, or not decodable. */
  readonly dropped: number;
  /** Samples of the source that the decoder refused; their time is silent. 0 for a copied track. */
  readonly decodeErrors: number;
}

/** What made a stream fail, in the record of it. */
export interface StreamFailure {
  /** The error's code; `unknown` for one that is not of segmint's taxonomy. */
  readonly code: ErrorCode | 'unknown';
  /** The error's message. */
  readonly message: string;
}

/** The structured record of a continuous stream, made once, when it has ended. */
export interface StreamSummary {
  /** `complete`: all that was asked for was sent. */
  readonly outcome: 'complete' | 'cancelled' | 'failed';
  /** Name of the source. */
  readonly source: string;
  /** The start that was asked for, in milliseconds. */
  readonly startMs: number;
  /** Where the stream really began, in milliseconds; undefined when it never did. */
  readonly trueStartMs: number | undefined;
  /** Length of what was sent, in milliseconds. */
  readonly durationMs: number;
  /** The tracks. */
  readonly tracks: readonly TrackSummary[];
  /** Fragments sent. */
  readonly fragments: number;
  /** Bytes sent, the init segment included. */
  readonly bytes: number;
  /** Wall-clock time from the first pull to the end, in milliseconds. */
  readonly elapsedMs: number;
  /** Places in the source that were damaged, the first of them. */
  readonly damage: readonly Damage[];
  /** How many places in the source were damaged. */
  readonly damageCount: number;
  /** The source ends before its container says that it does. */
  readonly isTruncated: boolean;
  /** What made it fail. */
  readonly error: StreamFailure | undefined;
}
