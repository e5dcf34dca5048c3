import { openMatroska } from '../matroska/demuxer.js';
import type { Source } from '../media/source.js';
import { resolveOptions, type ContinuousOptions } from './continuous-options.js';
import type { Fmp4Stream } from './fmp4-stream.js';
import { inflate } from './inflate.js';
import { produceStream } from './produce-stream.js';

/**
 * Turns a Matroska or WebM source into one continuous fragmented MP4: first the init segment, then fragments of about
 * two seconds, the first ones shorter. Video is copied; audio is copied when the target plays it, else encoded as AAC.
 *
 * The source may be anything that delivers bytes, seekable or not; no more of it is read than is sent. Nothing is read
 * before the stream is. The stream owns the source and closes it, whatever happens, unless told otherwise.
 * @param source - where the bytes come from.
 * @param options - what to send.
 * @returns the stream. Reading it throws {@link MalformedMediaError}, {@link UnsupportedMediaError},
 * {@link LimitExceededError}, {@link SourceError}, {@link EngineError}, {@link OverloadedError}, or the reason of the
 * signal; what was sent by then is then not complete.
 * @throws {RequestError} when an option makes no sense.
 */
export function streamTranscodeFmp4(source: Source, options: ContinuousOptions = {}): Fmp4Stream {
  return produceStream(source, openFastPath, resolveOptions(options), options);
}

async function openFastPath(source: Source, { signal }: { signal?: AbortSignal | undefined }) {
  return { demuxer: await openMatroska(source, { signal, inflate }), source, isSequential: true };
}
