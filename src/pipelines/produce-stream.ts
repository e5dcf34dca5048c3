import type { SegmintError } from '../errors.js';
import { RequestError, UnsupportedMediaError } from '../errors.js';
import { buildFragment } from '../isobmff/fragment.js';
import { buildInitSegment } from '../isobmff/init-segment.js';
import type { MuxTrack } from '../isobmff/mux-track.js';
import { RecycledMemory, withMemory } from '../io/recycled-memory.js';
import type { ChunkMemory, ReadOptions, Source } from '../media/source.js';
import { beginStream, isEncoding, type BegunStream } from './begin-stream.js';
import type { ContinuousOptions, ResolvedOptions } from './continuous-options.js';
import { mayHidePictures } from './decide.js';
import { describeStream, durationOf } from './describe-stream.js';
import { createFmp4Stream, type Fmp4Stream, type StreamProducer } from './fmp4-stream.js';
import { readFragments } from './fragment-reader.js';
import { LazyEngines } from './lazy-engines.js';
import type { SourceDemuxer } from './source-demuxer.js';
import type { StreamSummary } from './stream-report.js';
import { summarizeStream, type Progress } from './summarize-stream.js';
import { withoutClosing } from './without-closing.js';

/** A demuxer, and the source that it reads, to be closed in place of the one that was opened. */
interface OpenedSource {
  /** The demuxer. */
  readonly demuxer: SourceDemuxer;
  /** The source to read on with. */
  readonly source: Source;
  /** The bytes of its samples are in the memory that was given, each track's in the order of their offsets. */
  readonly isSequential: boolean;
}

/** Options of {@link OpenSource}. */
export interface OpenSourceOptions extends ReadOptions {
  /** Memory for samples; the streams of the source use it already. */
  readonly memory?: ChunkMemory | undefined;
  /** Edit lists may hide pictures that others need. */
  readonly mayHidePictures?: boolean | undefined;
}

/** Opens a source with the demuxer for what it holds. */
type OpenSource = (source: Source, options: OpenSourceOptions) => Promise<OpenedSource>;

/** How a stream is made, beside what is asked of it. */
export type ProduceOptions = Pick<
  ContinuousOptions,
  'engine' | 'closeSource' | 'reuseMemory' | 'log' | 'signal'
>;

/**
 * Makes a continuous stream: opens the source, selects tracks, and cuts fragments until it ends or is left.
 * @param source - where the bytes come from.
 * @param open - opens it.
 * @param request - what is asked for.
 * @param options - how it is made.
 */
export function produceStream(
  source: Source,
  open: OpenSource,
  request: ResolvedOptions,
  options: ProduceOptions,
): Fmp4Stream {
  return createFmp4Stream((report) => produce(source, open, request, options, report));
}

async function* produce(
  source: Source,
  open: OpenSource,
  request: ResolvedOptions,
  options: ProduceOptions,
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
  // What reads ahead of the demuxer is closed with the source, and then even when the source is not to be.
  let opened: Source = options.closeSource === false ? withoutClosing(source) : source;
  let outcome: StreamSummary['outcome'] = 'cancelled';
  let failure: unknown;
  try {
    signal.throwIfAborted();
    const read = memory === undefined ? opened : withMemory(opened, memory);
    const opening = { signal, memory, mayHidePictures: mayHidePictures(request) };
    const { demuxer, isSequential, source: begunSource } = await open(read, opening);
    opened = begunSource;
    progress.demuxer = demuxer;
    const begun = await beginStream(demuxer, source, request, engines, signal);
    progress.begun = begun;
    const recycled = isSequential ? memory : undefined;
    yield* writeStream(begun, request, engines, progress, report, recycled, signal);
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
      await opened[Symbol.asyncDispose]();
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
  const lookAhead = isEncoding(begun.selection) ? engines.size + 1 : 1;
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
      report.describe(progress.description);
      if (request.emitInitSegment) {
        const init = buildInitSegment({ tracks: declared, ...durationOf(progress.description, request) });
        progress.bytes += init.byteLength;
        yield [init];
      }
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
