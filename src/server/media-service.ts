import type { Attachment } from '../media/media-info.js';
import type { ReadOptions, Source } from '../media/source.js';
import type { StreamDescription, StreamSummary } from '../pipelines/stream-report.js';
import type { SubtitleDescription } from '../pipelines/subtitles/describe-subtitles.js';
import type { UniversalOptions } from '../pipelines/universal-options.js';

/** What a viewer may ask of a stream. */
export type StreamRequest = Pick<
  UniversalOptions,
  | 'startMs'
  | 'maxDurationMs'
  | 'audioTrack'
  | 'videoTrack'
  | 'audio'
  | 'video'
  | 'audioChannels'
  | 'audioBitRate'
  | 'timeline'
  | 'height'
>;

/** What the server needs to know before the first byte. */
export type StreamFacts = Pick<StreamDescription, 'mimeType' | 'trueStartMs' | 'sourceDurationMs'> &
  Partial<Pick<StreamDescription, 'tracks'>>;

/** What the server needs to know at the end; all of it goes into the log. */
export type StreamRecord = Pick<StreamSummary, 'outcome'>;

/** A stream of fragmented MP4. */
export interface MediaStream {
  /** Settles before the first chunk is given. */
  readonly description: Promise<StreamFacts>;
  /** One list for the init segment and one for each fragment; the chunks are views and are not written into. */
  chunks(): AsyncIterableIterator<readonly Uint8Array[]>;
}

/** What the server needs of the pipelines. Passed in, so that the server is tested without media. */
export interface MediaService {
  /** Turns a source into fragmented MP4. */
  stream(
    source: Source,
    options: StreamRequest & {
      /** Ends the stream. */
      readonly signal: AbortSignal;
      /** False: the server closes what it opened. */
      readonly closeSource: false;
      /** The server reads no list any more once it asks for the one after the next. */
      readonly reuseMemory: true;
      /** Takes the stream's record at its end. */
      readonly log: (record: StreamRecord) => void;
    },
  ): MediaStream;

  /** Says what is in a source and what happens to each track, as plain JSON. */
  describe(source: Source, options: ReadOptions): Promise<object & MediaExtras>;
}

/** What the server itself looks at in a description. */
export interface MediaExtras {
  /** Subtitles that can be had of the source. */
  readonly subtitles?: readonly SubtitleDescription[];
  /** Files that are attached to it. */
  readonly attachments?: readonly Attachment[];
}
