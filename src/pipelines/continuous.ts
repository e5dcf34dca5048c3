import type { SegmintError } from '../errors.js';
import { RequestError, UnsupportedMediaError } from '../errors.js';
import { buildFragment } from '../isobmff/fragment.js';
import { buildInitSegment } from '../isobmff/init-segment.js';
import type { MuxTrack } from '../isobmff/mux-track.js';
import { RecycledMemory, withMemory } from '../io/recycled-memory.js';
import { openMatroska } from '../matroska/demuxer.js';
import type { Source } from '../media/source.js';
import { beginStream, type BegunStream } from './begin-stream.js';
import { resolveOptions, type ContinuousOptions, type ResolvedOptions } from './continuous-options.js';
import { describeStream, durationOf } from './describe-stream.js';
import { createFmp4Stream, type Fmp4Stream, type StreamProducer } from './fmp4-stream.js';
import { readFragments } from './fragment-reader.js';
import { inflate } from './inflate.js';
import { LazyEngines } from './lazy-engines.js';
import type { StreamSummary } from './stream-report.js';
import { summarizeStream, type Progress } from './summarize-stream.js';

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
  const request = resolveOptions(options);
  return createFmp4Stream((report) => produce(source, request, options, report));
}

async function* produce(
  source: Source,
  request: ResolvedOptions,
  options: ContinuousOptions,
  report: Parameters<StreamProducer>[0],
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const startedAt = performance.now();
  const progress: Progress = {
    demuxer: undefined,
    begun: undefined,
    description: undefined,
    fragments: 0,
    bytes: 0,
  };
  // Ends the engine's work and the reads that are under way, also when the reader simply goes away.
  const ending = new AbortController();
  const signal =
    options.signal === undefined ? ending.signal : AbortSignal.any([options.signal, ending.signal]);
  const engines = new LazyEngines(options.engine);
  const memory = options.reuseMemory === true ? new RecycledMemory() : undefined;
  let outcome: StreamSummary['outcome'] = 'cancelled';
  let failure: unknown;
  try {
    signal.throwIfAborted();
    const read = memory === undefined ? source : withMemory(source, memory);
    const demuxer = await openMatroska(read, { signal, inflate });
    progress.demuxer = demuxer;
    const begun = await beginStream(demuxer, source.seekable, request, engines, signal);
    progress.begun = begun;
    yield* writeStream(begun, request, engines, progress, report, memory, signal);
    outcome = 'complete';
  } catch (error) {
    failure = error;
    if (options.signal?.aborted !== true) outcome = 'failed';
    throw error;
  } finally {
    ending.abort();
    try {
      await progress.begun?.feed[Symbol.asyncDispose]();
      // What was opened for the head is still open where no sample was ever asked for.
      await progress.demuxer?.close();
      await engines[Symbol.asyncDispose]();
      if (options.closeSource ?? true) await source[Symbol.asyncDispose]();
    } finally {
      // A source that fails to close does not take the record along.
      const elapsedMs = performance.now() - startedAt;
      const summary = summarizeStream(source, request, progress, outcome, failure, elapsedMs);
      report.summarize(summary);
      options.log?.(summary);
    }
  }
}

async function* writeStream(
  begun: BegunStream,
  request: ResolvedOptions,
  engines: LazyEngines,
  progress: Progress,
  report: Parameters<StreamProducer>[0],
  memory: RecycledMemory | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const lookAhead = begun.selection.audio?.decision.action === 'transcode' ? engines.size + 1 : 1;
  // Asked for now, so that the answer is there when the first fragment is.
  const muxTracks = describeTracks(begun, signal);
  muxTracks.catch(() => undefined);
  for await (const tracks of readFragments(begun.feed, begun.assembler, lookAhead)) {
    const heldFrom = begun.assembler.takeHeldFrom();
    if (tracks.length === 0) continue;
    const fragment = buildFragment({ sequenceNumber: progress.fragments + 1, tracks });
    if (progress.description === undefined) {
      const declared = await muxTracks;
      progress.description = describeStream(begun, declared, request);
      const init = buildInitSegment({ tracks: declared, ...durationOf(progress.description, request) });
      report.describe(progress.description);
      progress.bytes += init.byteLength;
      yield [init];
      memory?.begin();
    }
    progress.fragments++;
    progress.bytes += fragment.byteLength;
    yield fragment.chunks;
    // The next list is asked for: the reader is done with those before this one.
    memory?.releaseBefore(heldFrom);
  }
  if (progress.fragments === 0) throw nothingToSend(begun, request);
}

async function describeTracks(
  { video, audio }: BegunStream,
  signal: AbortSignal,
): Promise<readonly MuxTrack[]> {
  const tracks = await Promise.all([video?.describe(signal), audio?.describe(signal)]);
  return tracks.filter((track) => track !== undefined);
}

function nothingToSend({ video }: BegunStream, { startMs }: ResolvedOptions): SegmintError {
  if (startMs > 0) return new RequestError('The source ends before the start that was asked for.', 'invalid');
  return new UnsupportedMediaError(
    video === undefined
      ? 'The source holds no audio.'
      : 'The source holds no picture that playing can begin at.',
  );
}
