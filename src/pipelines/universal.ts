import type { Source } from '../media/source.js';
import type { Fmp4Stream } from './fmp4-stream.js';
import { openDemuxer } from './open-demuxer.js';
import { produceStream, type OpenSourceOptions } from './produce-stream.js';
import { resolveUniversalOptions, type UniversalOptions } from './universal-options.js';

/**
 * Turns any source into one continuous fragmented MP4: first the init segment, then fragments of about two seconds, the
 * first ones shorter. What the target plays is copied, whatever container it comes in; other video is encoded as H.264,
 * other audio as AAC, with the source's times.
 *
 * Encoded video begins with the picture that is shown at the wanted start, copied video with the last one before it that
 * playing can begin at. The stream owns the source and closes it, whatever happens, unless told otherwise.
 * @param source - where the bytes come from.
 * @param options - what to send.
 * @returns the stream. Reading it throws {@link MalformedMediaError}, {@link UnsupportedMediaError},
 * {@link LimitExceededError}, {@link SourceError}, {@link EngineError}, {@link OverloadedError}, or the reason of the
 * signal; what was sent by then is then not complete.
 * @throws {RequestError} when an option makes no sense.
 */
export function streamTranscodeUniversal(source: Source, options: UniversalOptions = {}): Fmp4Stream {
  return produceStream(source, openAny, resolveUniversalOptions(options), options);
}

async function openAny(source: Source, options: OpenSourceOptions) {
  const { kind, demuxer, source: opened } = await openDemuxer(source, options);
  return { demuxer, source: opened, isSequential: kind !== 'mp4' || demuxer.isInOrder };
}
