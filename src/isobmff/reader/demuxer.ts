import { RequestError } from '../../errors.js';
import type { Damage, Demuxer, SampleOptions } from '../../media/demuxer.js';
import { inTurns } from '../../media/in-turns.js';
import type { IndexEntry } from '../../media/media-index.js';
import type { Chapter, MediaInfo } from '../../media/media-info.js';
import type { Sample } from '../../media/sample.js';
import type { ReadOptions, Source } from '../../media/source.js';
import { rescale } from '../../time/rescale.js';
import { DamageLog } from '../../media/damage-log.js';
import { chooseChapters } from './chapter-track.js';
import { SampleFetcher } from './fetch-samples.js';
import { FragmentPlaces } from './fragment-places.js';
import { FragmentPlanner } from './fragment-planner.js';
import { readHead } from './head.js';
import { isBadlyInterleaved } from './interleaving.js';
import { addedToLastSound } from './last-sound.js';
import { parseMovie, type Movie } from './movie.js';
import type { MovieTrack } from './movie-track.js';
import type { SamplePlanner } from './planned-samples.js';
import { ReaderPool } from './reader-pool.js';
import { findLanes, offsetAtTime, type SeekTarget } from './seek.js';
import { SourceReader } from './source-reader.js';
import { endOfStored } from './stored-end.js';
import { listSyncSamples } from './sync-samples.js';
import { isStoredInOrder } from './stored-order.js';
import { TablePlanner } from './table-planner.js';

/** Options of {@link openMp4}. */
export interface Mp4DemuxerOptions extends ReadOptions {
  /**
   * Reads of the source that chapters may take which are not in the movie box, but in a track of text; none when absent, and of
   * a stream never.
   */
  readonly maxChapterReads?: number | undefined;
  /**
   * The video may be decoded: an edit list that cuts within groups of pictures is carried out, with samples that are not to be
   * shown. False when absent, and of a stream, in which nothing can be read twice.
   */
  readonly mayHidePictures?: boolean | undefined;
}

/** An MP4, MOV, M4A or 3GP file being read. */
export interface Mp4Demuxer extends Demuxer {
  /**
   * Whether the samples stand in fragments. Where they do, an index entry's offset is that of a fragment, else that of the
   * sample itself; `startOffset` takes either.
   */
  readonly isFragmented: boolean;

  /**
   * Whether each track's samples come in the order of their offsets. Only of tables is it known beforehand: of a file of
   * fragments it is not said.
   */
  readonly isInOrder: boolean;

  /**
   * Lists the random access points of a track, as the file's tables or indices say; what they say is not tested. In a
   * fragmented file that has no index this reads the head of every fragment.
   * @param trackId - the track's `id`.
   * @returns entries in order of time; none for a track that does not exist, or in a stream of fragments.
   * @throws {MalformedMediaError | LimitExceededError | SourceError} when the index cannot be read.
   */
  readKeyframes(trackId: number, options?: ReadOptions): Promise<readonly IndexEntry[]>;

  /**
   * Tells where the last sample of each track ends, in nanoseconds on the movie's timeline; a track of which that is not
   * known is absent. In a fragmented file this reads its index.
   * @throws {MalformedMediaError | LimitExceededError | SourceError} when the index cannot be read.
   */
  readTrackEnds(options?: ReadOptions): Promise<ReadonlyMap<number, number>>;

  /**
   * Gives back what was opened for reading the head, when samples are never asked for. Safe to call at any time; closing
   * the source does the same.
   */
  close(): Promise<void>;
}

/** Bytes of the first and the largest reading: the first samples are wanted soon. */
const FIRST_BATCH_BYTES = 64 << 10;
const LARGEST_BATCH_BYTES = 1 << 20;
/** Least bytes of a range while the head is read: as a rule all that stands before the media, or a part of moov. */
const HEAD_RANGE_BYTES = 64 << 10;

/**
 * Opens an MP4, MOV, M4A or 3GP file: reads its movie box, wherever that stands.
 * @param source - where its bytes are; stays the caller's to close.
 * @param options - a signal.
 * @throws {MalformedMediaError} when the source is no such file, or its movie box is broken or missing.
 * @throws {UnsupportedMediaError} when the movie box is compressed, or cannot be reached in a stream.
 * @throws {LimitExceededError} when a size or count is above its cap.
 * @throws {SourceError} when the source cannot be read.
 * @see ISO/IEC 14496-12; QuickTime File Format
 */
export async function openMp4(source: Source, options: Mp4DemuxerOptions = {}): Promise<Mp4Demuxer> {
  const mode = source.seekable ? 'ranges' : 'stream';
  const reader = new SourceReader(source, { mode, rangeBytes: HEAD_RANGE_BYTES });
  const unfollow = reader.follow(options.signal);
  try {
    const head = await readHead(source, reader);
    const damage = new DamageLog();
    const mayHide = source.seekable && options.mayHidePictures === true;
    const movie = await inTurns(parseMovie(head.moov, damage, mayHide), options.signal);
    const chapters = await chooseChapters(source, movie, options.maxChapterReads ?? 0, options);
    if (source.seekable) await reader.close();
    return new MovieDemuxer(source, source.seekable ? undefined : reader, movie, chapters, head.end, damage);
  } catch (error) {
    await reader.close();
    throw error;
  } finally {
    unfollow();
  }
}

class MovieDemuxer implements Mp4Demuxer {
  readonly info: MediaInfo;
  readonly isFragmented: boolean;
  readonly isInOrder: boolean;
  readonly #source: Source;
  readonly #tracks: ReadonlyMap<number, MovieTrack>;
  /** Undefined when the samples stand in tables alone. */
  readonly #fragments: FragmentPlaces | undefined;
  readonly #damage: DamageLog;
  /** The reader that read the head of a stream, until someone takes it over. */
  #headReader: SourceReader | undefined;
  readonly #isStream: boolean;

  constructor(
    source: Source,
    headReader: SourceReader | undefined,
    movie: Movie,
    chapters: readonly Chapter[],
    fragmentsOffset: number,
    damage: DamageLog,
  ) {
    this.#source = source;
    this.#headReader = headReader;
    this.#isStream = headReader !== undefined;
    this.#tracks = new Map(movie.tracks.map((track) => [track.track.id, track]));
    this.#fragments = movie.isFragmented
      ? new FragmentPlaces(source, this.#tracks, fragmentsOffset, this.#isStream)
      : undefined;
    this.#damage = damage;
    this.isFragmented = movie.isFragmented;
    this.isInOrder =
      !movie.isFragmented && movie.tracks.every(({ table }) => table === undefined || isStoredInOrder(table));
    this.info = buildInfo(movie, chapters);
  }

  get damage(): readonly Damage[] {
    return this.#damage.entries;
  }

  get damageCount(): number {
    return this.#damage.count;
  }

  async readKeyframes(trackId: number, options: ReadOptions = {}): Promise<readonly IndexEntry[]> {
    const movieTrack = this.#tracks.get(trackId);
    if (movieTrack === undefined) return [];
    const entries = listSyncSamples(movieTrack, this.#source.size);
    const index = await this.#fragments?.readIndex(options.signal);
    const { track, timeline } = movieTrack;
    for (const { time, offset } of index?.points.get(trackId) ?? []) {
      entries.push({ trackId, timeNs: rescale(time + timeline.shift, track.timescale, 1e9), offset });
    }
    return entries.sort((a, b) => a.timeNs - b.timeNs);
  }

  async readTrackEnds(options: ReadOptions = {}): Promise<ReadonlyMap<number, number>> {
    const ends = new Map<number, number>();
    const index = await this.#fragments?.readIndex(options.signal);
    for (const [id, movieTrack] of this.#tracks) {
      const { track, timeline } = movieTrack;
      const fragments = index?.ends.get(id);
      const end =
        fragments === undefined
          ? await inTurns(endOfStored(movieTrack, this.#source.size), options.signal)
          : rescale(fragments + timeline.shift, track.timescale, 1e9);
      if (end !== undefined) ends.set(id, end);
    }
    return ends;
  }

  async *samples(options: SampleOptions = {}): AsyncGenerator<readonly Sample[], void, undefined> {
    options.signal?.throwIfAborted();
    const readers = new ReaderPool(this.#source, this.#takeHeadReader(), options);
    try {
      for await (const [planner, fetcher] of this.#stages(options, readers)) {
        let batchBytes = FIRST_BATCH_BYTES;
        for (;;) {
          const plan = await planner.next(batchBytes);
          if (plan === undefined) break;
          options.signal?.throwIfAborted();
          const batch = plan.samples.length === 0 ? [] : await fetcher.fetch(plan);
          for (const { sample, track } of plan.lastSounds) {
            sample.discardPadding += addedToLastSound(sample, track);
          }
          if (batch.length > 0) yield batch;
          batchBytes = Math.min(batchBytes * 2, LARGEST_BATCH_BYTES);
        }
      }
    } finally {
      await readers.close();
    }
  }

  async close(): Promise<void> {
    const reader = this.#headReader;
    this.#headReader = undefined;
    await reader?.close();
  }

  /** First the samples of the tables, then those of fragments. */
  async *#stages(
    options: SampleOptions,
    readers: ReaderPool,
  ): AsyncGenerator<readonly [SamplePlanner, SampleFetcher], void, undefined> {
    const { startOffset, endNs, signal } = options;
    const wanted = new Set([...this.#tracks.keys()].filter((id) => options.trackIds?.has(id) ?? true));
    const { size } = this.#source;
    const target: SeekTarget = { startOffset, ...(this.#isStream ? {} : { startNs: options.startNs }) };
    const chosen = [...wanted].map((id) => this.#tracks.get(id)!);
    const seekTrack = this.#seekTrack(options.seekTrackId);
    const lanes = findLanes(chosen, seekTrack, target);
    // Who asks for an offset wants what is stored behind it, and a stream can be read in no other order.
    const isByTime =
      !this.#isStream && startOffset === undefined && (await inTurns(isBadlyInterleaved(lanes), signal));
    const order = isByTime ? 'time' : 'offset';
    const endOffset = options.endOffset ?? (endNs === undefined ? undefined : offsetAtTime(lanes, endNs));
    readers.expectEnd(endOffset);
    const tables = new TablePlanner(lanes, { startOffset, endOffset, order });
    const readerOf = (trackId: number): SourceReader => (isByTime ? readers.lane(trackId) : readers.main);
    if (lanes.length > 0) yield [tables, new SampleFetcher(readerOf, size, this.#damage)];
    if (this.#fragments === undefined) return;
    const start = await this.#fragments.startOf(target, seekTrack, signal);
    const planner = new FragmentPlanner({
      reader: readers.main,
      size,
      isSeekable: !this.#isStream,
      tracks: this.#tracks,
      wanted,
      start,
      startOffset: startOffset ?? 0,
      decodeTimes: this.#fragments.decodeTimesAt(start),
      damage: this.#damage,
    });
    yield [planner, new SampleFetcher(() => readers.main, size, this.#damage)];
  }

  #takeHeadReader(): SourceReader | undefined {
    const reader = this.#headReader;
    this.#headReader = undefined;
    if (reader === undefined && this.#isStream) {
      throw new RequestError('A source that is not seekable can be read only once.');
    }
    return reader;
  }

  #seekTrack(trackId: number | undefined): MovieTrack | undefined {
    if (trackId !== undefined) return this.#tracks.get(trackId);
    const tracks = [...this.#tracks.values()];
    return (
      tracks.find(({ track }) => track.type === 'video') ?? tracks.find(({ track }) => track.type === 'audio')
    );
  }
}

function buildInfo({ tracks, durationNs, metadata }: Movie, chapters: readonly Chapter[]): MediaInfo {
  return {
    container: 'mp4',
    durationNs,
    title: metadata.title,
    writingApp: metadata.writingApp,
    tracks: tracks.map(({ track }) => track),
    chapters,
    tags: metadata.tags,
    attachments: metadata.covers,
  };
}
