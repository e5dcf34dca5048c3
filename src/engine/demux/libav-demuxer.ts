import { RequestError } from '../../errors.js';
import type { Damage, Demuxer, SampleOptions } from '../../media/demuxer.js';
import type { MediaInfo } from '../../media/media-info.js';
import type { Sample } from '../../media/sample.js';
import type { ChunkMemory, ReadOptions, Source } from '../../media/source.js';
import type { VideoTrack } from '../../media/track.js';
import { DamageLog } from '../../media/damage-log.js';
import { DEMUX_ENTRY } from '../engine-entries.js';
import { beginReading } from './begin-reading.js';
import type { AviPalettes } from './avi-palettes.js';
import { DemuxProcessDeath } from './demux-process.js';
import {
  chooseAttachedPicture,
  describeMedia,
  hasDecodeTimesOnly,
  type StreamTrack,
} from './describe-tracks.js';
import { placeOfKeyframe, readingStart, type Place } from './find-place.js';
import { INSPECTED_BYTES, KeyframeCollector } from '../../codecs/keyframe-collector.js';
import type { KeyframeScan } from '../../media/keyframe-scan.js';
import type { LibavSession, SessionOptions } from './libav-session.js';
import { readTracks, type KnownTracks } from './read-tracks.js';
import { ALL_BYTES, LEFT_OUT, NO_BYTES, SampleReader } from './sample-reader.js';
import { SessionPool } from './session-pool.js';

/** Options of {@link openWithLibav}. */
export interface LibavOptions extends ReadOptions {
  /** The file that the source is, when it is one on this machine: read directly, and not through the parent. */
  readonly path?: string | undefined;
  /** What an earlier scan of the same bytes found. */
  readonly scan?: KeyframeScan | undefined;
  /** Processes that may read the source at a time; above, a reader is refused. 8 by default. */
  readonly maxSessions?: number | undefined;
  /** Longest time for one request to a process, in milliseconds, while the source gives bytes. 60,000 by default. */
  readonly deadlineMs?: number | undefined;
  /** Resident memory above which a process is killed, in bytes. 1 GiB by default. */
  readonly memoryLimitBytes?: number | undefined;
  /** The module that demuxing processes run. */
  readonly entry?: URL | undefined;
  /**
   * Memory for samples, of who reads them once, from one place on. A chunk of it is lent as if it held the bytes of the
   * source up to the farthest place read so far: it is free when all that is in use lies behind that.
   */
  readonly memory?: ChunkMemory | undefined;
}

/** Options of {@link LibavDemuxer.scanKeyframes}. */
export interface ScanOptions extends ReadOptions {
  /** Bytes of the source after which the scan gives up; without it the whole source is read. */
  readonly budgetBytes?: number | undefined;
}

/** A container that libavformat reads, in processes of its own. */
export interface LibavDemuxer extends Demuxer, AsyncDisposable {
  /** Ids of the processes that live. */
  readonly pids: readonly number[];

  /**
   * Reads the source from its beginning to its end and notes where decoding a video track can begin. From then on this
   * demuxer begins anywhere by what was found.
   * @param trackId - the track's `id`.
   * @param options - a signal and a budget.
   * @throws {RequestError} when there is no such video track, or the source can be read only once.
   * @throws {EngineError | SourceError} when the source cannot be read.
   */
  scanKeyframes(trackId: number, options?: ScanOptions): Promise<KeyframeScan>;

  /** Ends all processes; readers that are under way fail. Does not close the source. */
  close(): Promise<void>;
}

/**
 * Opens a source with libavformat, in a process of its own: any container but those that lead to other files.
 * @param source - where the bytes are; stays the caller's to close.
 * @param options - the source's path where it is a local file, a signal and limits.
 * @throws {UnsupportedMediaError | MalformedMediaError} when libavformat makes nothing of it.
 * @throws {EngineError} when the process dies, or takes too long or too much memory.
 * @throws {SourceError} when the source cannot be read.
 */
export async function openWithLibav(source: Source, options: LibavOptions = {}): Promise<LibavDemuxer> {
  const sessionOptions: SessionOptions = {
    source,
    path: options.path,
    entry: options.entry ?? DEMUX_ENTRY,
    deadlineMs: options.deadlineMs ?? 60_000,
    memoryLimitBytes: options.memoryLimitBytes ?? 1024 ** 3,
    memory: options.memory,
  };
  const pool = new SessionPool(sessionOptions, options.maxSessions ?? 8);
  try {
    const session = await pool.take(options.signal);
    const known = await readTracks(source, session.opened, { signal: options.signal });
    return new ProcessDemuxer(source, pool, session, options, known);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class ProcessDemuxer implements LibavDemuxer {
  readonly info: MediaInfo;
  readonly #source: Source;
  readonly #pool: SessionPool;
  readonly #tracks: readonly StreamTrack[];
  readonly #palettes: AviPalettes | undefined;
  readonly #mayJump: boolean;
  readonly #damage = new DamageLog();
  readonly #memory: ChunkMemory | undefined;
  #scan: KeyframeScan | undefined;
  /** The session that the source was opened with, of one that can be read only once. */
  #only: LibavSession | undefined;

  constructor(
    source: Source,
    pool: SessionPool,
    session: LibavSession,
    { scan, memory }: LibavOptions,
    { tracks, palettes }: KnownTracks,
  ) {
    this.#source = source;
    this.#palettes = palettes;
    this.#pool = pool;
    this.#tracks = tracks;
    this.#mayJump = session.opened.mayJump || session.opened.container === 'flv';
    this.info = describeMedia(session.opened, this.#tracks);
    this.#scan = scan;
    this.#memory = memory;
    if (source.seekable) pool.giveBack(session);
    else this.#only = session;
  }

  get damage(): readonly Damage[] {
    return this.#damage.entries;
  }

  get damageCount(): number {
    return this.#damage.count;
  }

  get pids(): readonly number[] {
    return this.#pool.pids;
  }

  async *samples(options: SampleOptions = {}): AsyncGenerator<readonly Sample[], void, undefined> {
    let hasGiven = false;
    const first = this.#samplesOnce(options);
    try {
      for await (const batch of first) {
        hasGiven = true;
        yield batch;
      }
    } catch (error) {
      if (hasGiven || !this.#mayTryAgain(error)) throw error;
      yield* this.#samplesOnce(options);
    }
  }

  async scanKeyframes(trackId: number, options: ScanOptions = {}): Promise<KeyframeScan> {
    const video = this.#tracks.find(({ track }) => track.id === trackId)?.track;
    if (video?.type !== 'video') throw new RequestError(`There is no video track ${trackId}.`, 'not_found');
    if (!this.#source.seekable) {
      throw new RequestError('A source that is not seekable cannot be scanned: it is read only once.');
    }
    try {
      return await this.#scanOnce(video, options);
    } catch (error) {
      if (!this.#mayTryAgain(error)) throw error;
      return await this.#scanOnce(video, options);
    }
  }

  async readPicture(maxBytes: number, { signal }: ReadOptions = {}): Promise<Uint8Array | undefined> {
    if (this.info.hasPicture !== true || !this.#source.seekable) return undefined;
    const session = await this.#take(signal);
    try {
      if (!session.isFresh) await session.reopen(signal);
      const stream = chooseAttachedPicture(session.opened);
      const bytes = session.opened.streams.map(({ index }) => (index === stream ? maxBytes + 1 : -1));
      // libavformat gives the pictures of tags before anything else.
      const { packets } = await session.read({ bytes, byteStreams: [] }, signal);
      return packets.find(({ data }) => data.byteLength > 0 && data.byteLength <= maxBytes)?.data;
    } finally {
      this.#release(session);
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *#samplesOnce(options: SampleOptions): AsyncGenerator<readonly Sample[], void, undefined> {
    const { signal, trackIds } = options;
    const session = await this.#take(signal);
    try {
      const place = await beginReading(session, options, {
        tracks: this.#tracks,
        scan: this.#scan,
        isSeekable: this.#source.seekable,
        createReader: (bytesOf) => this.#reader(session, undefined, bytesOf),
      });
      const reader = this.#reader(session, place, ({ track }) =>
        trackIds?.has(track.id) === false ? LEFT_OUT : ALL_BYTES,
      );
      const withPalettes = this.#palettes?.reader(signal);
      for (;;) {
        const placed = await reader.next(signal);
        if (placed === undefined) break;
        const behind =
          place === undefined
            ? placed
            : placed.filter(({ sample, isPlaced }) => isPlaced && sample.offset >= place.offset);
        if (behind.length === 0) continue;
        const samples = behind.map(({ sample }) => sample);
        yield withPalettes === undefined ? samples : await withPalettes(samples);
      }
    } finally {
      this.#release(session);
    }
  }

  async #scanOnce(video: VideoTrack, options: ScanOptions): Promise<KeyframeScan> {
    const { signal, budgetBytes = Infinity } = options;
    const trackId = video.id;
    const session = await this.#take(signal);
    try {
      if (!session.isFresh) await session.reopen(signal);
      const reader = this.#reader(session, undefined, ({ track }) =>
        track.id === trackId ? INSPECTED_BYTES : NO_BYTES,
      );
      const collector = new KeyframeCollector(video, this.info.tracks);
      let isComplete = false;
      while (!isComplete && reader.lastOffset <= budgetBytes) {
        const placed = await reader.next(signal);
        for (const { sample } of placed ?? []) collector.push(sample);
        isComplete = placed === undefined;
      }
      const { keyframes, trackEndsNs } = collector;
      this.#scan = { trackId, keyframes, trackEndsNs, stretches: reader.stretches, isComplete };
      return this.#scan;
    } finally {
      this.#release(session);
    }
  }

  /** A process that died may have been killed for what others did; what has been given cannot be given again. */
  #mayTryAgain(error: unknown): boolean {
    return error instanceof DemuxProcessDeath && this.#source.seekable;
  }

  async #take(signal: AbortSignal | undefined): Promise<LibavSession> {
    if (this.#source.seekable) return await this.#pool.take(signal);
    signal?.throwIfAborted();
    const only = this.#only;
    this.#only = undefined;
    if (only === undefined) {
      throw new RequestError('A source that is not seekable can be read only once.');
    }
    return only;
  }

  /** A session is of use again when what it reads ahead has come; until then it belongs to nobody. */
  #release(session: LibavSession): void {
    if (!this.#source.seekable || session.isDead) this.#pool.discard(session);
    else void session.rest().then(() => this.#pool.giveBack(session));
  }

  #reader(
    session: LibavSession,
    place: Place | undefined,
    bytesOf: (track: StreamTrack) => number,
  ): SampleReader {
    const startOffset = place === undefined ? 0 : readingStart(session.opened.container, place.offset);
    const before = placeOfKeyframe(this.#scan?.keyframes ?? [], { offset: startOffset });
    return new SampleReader(session, {
      tracks: this.#tracks,
      bytesOf,
      mayJump: this.#mayJump,
      stretches: this.#scan?.stretches ?? [],
      startOffset,
      referenceNs: before?.timeNs,
      hasDecodeTimesOnly: hasDecodeTimesOnly(session.opened.container),
      damage: this.#damage,
      memory: this.#memory,
    });
  }
}
