import { RequestError } from '../errors.js';
import type { Damage, Demuxer, SampleOptions } from '../media/demuxer.js';
import type { IndexEntry } from '../media/media-index.js';
import type { MediaInfo } from '../media/media-info.js';
import type { Sample } from '../media/sample.js';
import type { ReadOptions, Source } from '../media/source.js';
import { BlockReader } from './block.js';
import { ClusterReader } from './cluster-reader.js';
import { type Inflate, isDecodable, requireDecodable } from './content-encoding.js';
import { CueReader } from './cue-reader.js';
import { readCuedSample } from './cued-sample.js';
import { DamageLog } from '../media/damage-log.js';
import { findClusterBefore } from './cluster-before.js';
import { type KeyframeProbe, probeKeyframe, type ProbeOptions } from './keyframe-probe.js';
import { readLinkedParts } from './linked-parts.js';
import { buildInfo } from './media-info.js';
import type { SegmentAccess } from './segment-access.js';
import { scanSyncSamples, type ScanOptions, type SyncSample } from './sync-scan.js';
import { readTailWindow } from './tail.js';
import { readTrackEnds } from './track-ends.js';
import { type Head, parseHeadTracks, readHead } from './head.js';
import { DEFAULT_INFO, type SegmentInfo } from './info.js';
import { QueueReader } from './queue-reader.js';
import { readSampleBatches, restoreBatches } from './sample-batches.js';
import { findStart } from './seek.js';
import type { MatroskaTrack } from './tracks.js';

/** Options of {@link openMatroska}. */
export interface MatroskaDemuxerOptions extends ReadOptions {
  /** Inflates zlib data, for files whose tracks are stored compressed; without it such tracks cannot be read. */
  readonly inflate?: Inflate | undefined;
  /**
   * Also read the chapters, tags and attachments that stand behind the Clusters, where the source is seekable and the
   * file says where they are. It costs a read or two each; without it, `info` tells what stands before the Clusters.
   */
  readonly includeTail?: boolean | undefined;
}

/** A Matroska or WebM file being read. */
export interface MatroskaDemuxer extends Demuxer {
  /** Byte offset of the first Cluster: all before it is the head of the file. */
  readonly firstClusterOffset: number;

  /**
   * Reads the cues of one track, and never those of other tracks. Where they have not been met yet, and the source is
   * seekable, they are fetched from where SeekHead says that they are.
   * @param trackId - the track's `id`.
   * @returns entries in order of time, with offsets of Clusters in the source; undefined when there are none. What
   * they say is the file's word, and not tested.
   * @throws {SourceError} when the source cannot be read.
   */
  readCues(trackId: number, options?: ReadOptions): Promise<readonly IndexEntry[] | undefined>;

  /**
   * Finds the Cluster before another.
   * @param offset - where a Cluster begins, or where the last one ends.
   * @returns its offset; undefined when there is none, or none that can be found within a bounded distance.
   * @throws {SourceError} when the source cannot be read.
   */
  clusterBefore(offset: number, options?: ReadOptions): Promise<number | undefined>;

  /**
   * Reads the end of a seekable source, and tells where the last sample of each track ends: in nanoseconds on the
   * source's own timeline, by the track's `id`. One range read as a rule; where the Cues stand at the end, they are read
   * along. A track of which no sample stands there is absent, and so are all when the source has no known end.
   * @throws {SourceError} when the source cannot be read.
   */
  readTrackEnds(options?: ReadOptions): Promise<ReadonlyMap<number, number>>;

  /**
   * Looks what stands where an entry of an index points to, with as little reading as that takes.
   * @throws {SourceError} when the source cannot be read.
   * @throws {UnsupportedMediaError} when the track's samples cannot be restored.
   */
  probeKeyframe(entry: IndexEntry, options?: ProbeOptions): Promise<KeyframeProbe>;

  /**
   * Reads the one sample that an entry of an index points to, whole.
   * @returns undefined when no block of the track and of that time stands exactly there.
   * @throws {SourceError} when the source cannot be read.
   * @throws {UnsupportedMediaError} when the track's samples cannot be restored.
   */
  readCuedSample(entry: IndexEntry, options?: ReadOptions): Promise<Sample | undefined>;

  /**
   * Reads a seekable source from one place to another for all samples of a track that the container calls random access
   * points. Pulled by its reader; holds no more than one read's bytes.
   * @throws {SourceError} when the source cannot be read.
   * @throws {UnsupportedMediaError} when the track's samples cannot be restored.
   */
  scanSyncSamples(trackId: number, options?: ScanOptions): AsyncIterable<readonly SyncSample[]>;

  /**
   * Gives back what was opened for reading the head, when samples are never asked for. Safe to call at any time;
   * closing the source does the same.
   */
  close(): Promise<void>;
}

/**
 * Opens a Matroska or WebM file: reads it up to the first Cluster.
 * @param source - where its bytes are; stays the caller's to close.
 * @param options - what inflates, and a signal.
 * @throws {MalformedMediaError} when the source is not Matroska, or its head is broken.
 * @throws {UnsupportedMediaError} when it is an EBML document of another type or version.
 * @throws {LimitExceededError} when a size or count in the head is above its cap.
 * @throws {SourceError} when the source cannot be read.
 * @see RFC 8794 (EBML), RFC 9559 (Matroska)
 */
export async function openMatroska(
  source: Source,
  options: MatroskaDemuxerOptions = {},
): Promise<MatroskaDemuxer> {
  const { inflate, signal } = options;
  const damage = new DamageLog();
  const reader = QueueReader.stream(source, 0);
  const unfollow = reader.follow(signal);
  try {
    const head = await readHead(reader, damage);
    if (source.seekable) await readLinkedParts(source, head, options);
    const info = head.parts.info ?? DEFAULT_INFO;
    const tracks = parseHeadTracks(head, info, inflate);
    return new SegmentDemuxer(source, reader, head, info, tracks, damage, inflate);
  } catch (error) {
    await reader.close();
    throw error;
  } finally {
    unfollow();
  }
}

class SegmentDemuxer implements MatroskaDemuxer {
  readonly info: MediaInfo;
  readonly firstClusterOffset: number;
  readonly #source: Source;
  readonly #head: Head;
  readonly #timestampScale: number;
  readonly #tracks: ReadonlyMap<number, MatroskaTrack>;
  readonly #damage: DamageLog;
  readonly #inflate: Inflate | undefined;
  readonly #cues: CueReader;
  /** The reader that read the head, until someone takes it over. */
  #headReader: QueueReader | undefined;

  constructor(
    source: Source,
    reader: QueueReader,
    head: Head,
    info: SegmentInfo,
    tracks: readonly MatroskaTrack[],
    damage: DamageLog,
    inflate: Inflate | undefined,
  ) {
    this.#source = source;
    this.#headReader = reader;
    this.#head = head;
    this.#timestampScale = info.timestampScale;
    this.#tracks = new Map(tracks.map((track) => [track.track.id, track]));
    this.#damage = damage;
    this.#cues = new CueReader(source, head, info.timestampScale, damage);
    this.#inflate = inflate;
    this.firstClusterOffset = head.firstClusterOffset;
    this.info = buildInfo(head, info, tracks);
  }

  get damage(): readonly Damage[] {
    return this.#damage.entries;
  }

  get damageCount(): number {
    return this.#damage.count;
  }

  readCues(trackId: number, options: ReadOptions = {}): Promise<readonly IndexEntry[] | undefined> {
    return this.#cues.read(trackId, this.#tracks.get(trackId)?.codecDelay ?? 0, options);
  }

  async readTrackEnds(options: ReadOptions = {}): Promise<ReadonlyMap<number, number>> {
    const access = this.#access();
    const window = await readTailWindow(access, this.#head.parts.seeks, options);
    if (window === undefined) return new Map();
    this.#cues.offerTail(window);
    return readTrackEnds(access, window, options);
  }

  clusterBefore(offset: number, options: ReadOptions = {}): Promise<number | undefined> {
    return findClusterBefore(this.#access(), offset, options);
  }

  async probeKeyframe(entry: IndexEntry, options: ProbeOptions = {}): Promise<KeyframeProbe> {
    return probeKeyframe(this.#access(entry.trackId), entry, options);
  }

  async readCuedSample(entry: IndexEntry, options: ReadOptions = {}): Promise<Sample | undefined> {
    return readCuedSample(this.#access(entry.trackId), entry, options);
  }

  async *scanSyncSamples(
    trackId: number,
    options: ScanOptions = {},
  ): AsyncGenerator<readonly SyncSample[], void, undefined> {
    yield* scanSyncSamples(this.#access(trackId), trackId, options);
  }

  async *samples(options: SampleOptions = {}): AsyncGenerator<readonly Sample[], void, undefined> {
    options.signal?.throwIfAborted();
    const tracks = this.#chooseTracks(options.trackIds);
    const start = options.startOffset ?? (await this.#findStart(options));
    const reader = await this.#readerAt(start, options.endOffset);
    const unfollow = reader.follow(options.signal);
    try {
      const blocks = new BlockReader(tracks, this.#timestampScale, this.#inflate);
      const { segmentEnd } = this.#head;
      const clusters = new ClusterReader(
        reader.queue,
        segmentEnd,
        blocks,
        this.#damage,
        options.entryOffsets,
      );
      yield* restoreBatches(readSampleBatches(reader, clusters), tracks.values());
    } finally {
      unfollow();
      await reader.close();
    }
  }

  async close(): Promise<void> {
    const reader = this.#headReader;
    this.#headReader = undefined;
    await reader?.close();
  }

  #chooseTracks(trackIds: ReadonlySet<number> | undefined): ReadonlyMap<number, MatroskaTrack> {
    const chosen = new Map<number, MatroskaTrack>();
    for (const [id, track] of this.#tracks) {
      if (trackIds !== undefined && !trackIds.has(id)) continue;
      requireDecodable(track.frameSteps, this.#inflate, id);
      chosen.set(id, track);
    }
    return chosen;
  }

  /** What is needed to read single places; of one track, which must be readable, or of all that are. */
  #access(trackId?: number): SegmentAccess {
    return {
      source: this.#source,
      tracks: trackId === undefined ? this.#readableTracks() : this.#chooseTracks(new Set([trackId])),
      timestampScale: this.#timestampScale,
      inflate: this.#inflate,
      firstClusterOffset: this.firstClusterOffset,
      segmentEnd: this.#head.segmentEnd,
    };
  }

  #readableTracks(): ReadonlyMap<number, MatroskaTrack> {
    return new Map([...this.#tracks].filter(([, track]) => isDecodable(track.frameSteps, this.#inflate)));
  }

  async #findStart(options: SampleOptions): Promise<number> {
    const first = this.firstClusterOffset;
    const { startNs, signal } = options;
    if (startNs === undefined || startNs <= 0 || !this.#source.seekable) return first;
    const track = this.#seekTrack(options.seekTrackId);
    if (track === undefined) return first;
    const context = {
      source: this.#source,
      timestampScale: this.#timestampScale,
      firstClusterOffset: first,
      segmentEnd: this.#head.segmentEnd,
      durationNs: this.info.durationNs,
      signal,
    };
    const cues = await this.readCues(track.track.id, { signal });
    return findStart(context, cues ?? [], track, startNs);
  }

  #seekTrack(trackId: number | undefined): MatroskaTrack | undefined {
    if (trackId !== undefined) return this.#tracks.get(trackId);
    const tracks = [...this.#tracks.values()];
    return (
      tracks.find(({ track }) => track.type === 'video') ?? tracks.find(({ track }) => track.type === 'audio')
    );
  }

  /** Goes on with the reader of the head where that will do, and opens another elsewhere. */
  async #readerAt(offset: number, end: number | undefined): Promise<QueueReader> {
    const headReader = this.#headReader;
    this.#headReader = undefined;
    if (headReader !== undefined && offset === this.firstClusterOffset) return headReader;
    await headReader?.close();
    if (this.#source.seekable) return QueueReader.stream(this.#source, offset, end);
    throw new RequestError('A source that is not seekable can be read only once.');
  }
}
