import { EngineError, SegmintError } from '../../errors.js';
import { allocateChunk } from '../../io/recycled-memory.js';
import type { ChunkMemory, Source } from '../../media/source.js';
import { ALLOWED_FORMATS, ALLOWED_PROTOCOLS } from './allowed-formats.js';
import { DemuxProcess } from './demux-process.js';
import type {
  OpenReply,
  OpenRequest,
  PacketWish,
  ReadReply,
  ReadRequest,
  SeekReply,
  SeekRequest,
} from './demux-protocol.js';
import type { Message } from '../message-reader.js';
import { viewPackets, type DemuxedPacket } from './packet-table.js';
import { openSourceGateway, type SourceGateway } from './source-gateway.js';

/** What every session of a source is opened with. */
export interface SessionOptions {
  /** Where the bytes are. */
  readonly source: Source;
  /** The file that the source is, when it is one on this machine: absolute, without symbolic links. */
  readonly path: string | undefined;
  /** The module that demuxing processes run. */
  readonly entry: URL;
  /** Longest time for one request, in milliseconds. */
  readonly deadlineMs: number;
  /** Most memory of a process, in bytes. */
  readonly memoryLimitBytes: number;
  /** Memory for large batches; without it, each is new memory. */
  readonly memory: ChunkMemory | undefined;
}

/** A batch of packets. */
export interface PacketBatch {
  /** The packets, whose data share the memory of one message. */
  readonly packets: readonly DemuxedPacket[];
  /** Nothing comes after them. */
  readonly isEnd: boolean;
  /** Why nothing more can be read, when that is not the end of the source. */
  readonly fault: string;
  /** The chunk of the session's memory that the packets are in, to be lent when they are handed out. */
  readonly chunk: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Sizes of a batch: enough that the two processes seldom wait for each other. The first is small, so that the first
 * samples come soon, and none waits long for a source that comes slowly.
 */
const BATCH = { maxPackets: 1024, maxBytes: 1024 * 1024, maxMs: 50 } as const;
const FIRST_BATCH_BYTES = 64 * 1024;

/** Room for a full batch, whose last packet may exceed it; what is smaller than half of that gets memory of its own. */
const CHUNK_BYTES = BATCH.maxBytes + 512 * 1024;

/**
 * A batch of a stream is short: it may fall silent at any moment, and what is in the batch then waits until it goes on,
 * because libavformat cannot be asked whether there is more. In one that comes as it plays, a batch is a packet or two.
 */
const STREAM_BATCH_PACKETS = 32;
const STREAM_BATCH_MS = 10;

/**
 * What may be read to find out what is in a source; of a stream less, as it may come no faster than it plays. Of a
 * transport stream all of it is: more streams may always come.
 */
const PROBE = { probeBytes: 5_000_000, analyzeUs: 5_000_000 } as const;
const STREAM_PROBE = { probeBytes: 2_000_000, analyzeUs: 1_000_000 } as const;

/** One reading of a source: a process, and the gateway through which it reads what is not a file. */
export class LibavSession {
  readonly #options: SessionOptions;
  readonly #process: DemuxProcess;
  #gateway: SourceGateway | undefined;
  #opened: OpenReply | undefined;
  #isFresh = false;
  #ahead: Promise<PacketBatch> | undefined;
  #batchBytes: number = FIRST_BATCH_BYTES;

  private constructor(options: SessionOptions) {
    this.#options = options;
    const { entry, deadlineMs, memoryLimitBytes } = options;
    this.#process = new DemuxProcess({
      entry,
      deadlineMs,
      memoryLimitBytes,
      isSourceBusy: () => this.#gateway?.isWaiting === true,
      allocate: (bytes) => this.#allocate(bytes),
    });
  }

  /**
   * Starts a process and opens the source in it.
   * @param options - the source, and limits.
   * @param signal - ends it.
   * @throws {UnsupportedMediaError | MalformedMediaError} when libavformat makes nothing of the source.
   * @throws {EngineError} when the process fails.
   * @throws {SourceError} when the source cannot be read.
   */
  static async open(options: SessionOptions, signal: AbortSignal | undefined): Promise<LibavSession> {
    const session = new LibavSession(options);
    try {
      if (options.path === undefined) session.#gateway = await openSourceGateway(options.source);
      await session.reopen(signal);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** What libavformat says of the source. */
  get opened(): OpenReply {
    return this.#opened!;
  }

  /** Nothing was read yet since it was opened. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  /** Whether it can be used no more. */
  get isDead(): boolean {
    return this.#process.isDead;
  }

  /** The process's id. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Opens the source anew, to read from its beginning. */
  async reopen(signal: AbortSignal | undefined): Promise<void> {
    const { path, source } = this.#options;
    this.#gateway?.reset();
    const request: OpenRequest = {
      // With the protocol before it, no path is taken for a URL.
      url: path === undefined ? this.#gateway!.url : `file:${path}`,
      path,
      formats: ALLOWED_FORMATS,
      protocols: path === undefined ? ALLOWED_PROTOCOLS.gateway : ALLOWED_PROTOCOLS.file,
      seekable: source.seekable && source.size !== undefined,
      ...(source.seekable ? PROBE : STREAM_PROBE),
    };
    const { meta } = await this.#ask('open', request, signal);
    this.#gateway?.forget();
    this.#opened = meta as unknown as OpenReply;
    this.#isFresh = true;
    this.#batchBytes = FIRST_BATCH_BYTES;
  }

  /** Goes to another place. Returns false when libavformat could not. */
  async seek(request: SeekRequest, signal: AbortSignal | undefined): Promise<boolean> {
    this.#isFresh = false;
    this.#batchBytes = FIRST_BATCH_BYTES;
    const { meta } = await this.#ask('seek', request, signal);
    return (meta as unknown as SeekReply).isDone;
  }

  /**
   * Reads the next batch, and has the one after it read meanwhile.
   * @param wish - what is wanted of the packets. The same in all calls since the last seek.
   */
  async read(wish: PacketWish, signal: AbortSignal | undefined): Promise<PacketBatch> {
    this.#isFresh = false;
    const batch = await this.#settle(this.#ahead ?? this.#readBatch(wish), signal);
    this.#ahead = undefined;
    if (!batch.isEnd) {
      this.#ahead = this.#readBatch(wish);
      // Nobody may come for it.
      this.#ahead.catch(() => undefined);
    }
    return batch;
  }

  /** Waits until nothing is being read ahead any more, and forgets it. */
  async rest(): Promise<void> {
    await this.#ahead?.catch(() => undefined);
    this.#ahead = undefined;
  }

  /** Ends process and gateway. Safe to call at any time and more than once. */
  async close(): Promise<void> {
    await this.#process.kill();
    await this.#gateway?.[Symbol.asyncDispose]();
  }

  async #readBatch(wish: PacketWish): Promise<PacketBatch> {
    const maxBytes = this.#batchBytes;
    this.#batchBytes = Math.min(maxBytes * 4, BATCH.maxBytes);
    const most = this.#options.source.seekable
      ? BATCH
      : { maxPackets: STREAM_BATCH_PACKETS, maxMs: STREAM_BATCH_MS };
    const request: ReadRequest = { ...most, ...wish, maxBytes };
    const { meta, payload } = await this.#process.ask('read', request);
    const { packets, isEnd, fault } = meta as unknown as ReadReply;
    const isChunk = payload.buffer.byteLength === CHUNK_BYTES;
    const chunk = isChunk ? new Uint8Array(payload.buffer) : undefined;
    return { packets: viewPackets(payload, packets), isEnd, fault, chunk };
  }

  /** A large payload goes into a chunk that is used again, where there is memory for that. */
  #allocate(bytes: number): Uint8Array<ArrayBuffer> {
    const { memory } = this.#options;
    if (memory === undefined || bytes > CHUNK_BYTES || bytes < CHUNK_BYTES / 2) return allocateChunk(bytes);
    return memory.take(CHUNK_BYTES).subarray(0, bytes);
  }

  async #ask(kind: string, request: object, signal: AbortSignal | undefined): Promise<Message> {
    const work = this.rest().then(() => this.#process.ask(kind, request));
    return await this.#settle(work, signal);
  }

  /** Waits for the process. An aborted wait ends it: it may be reading from a source that gives nothing. */
  async #settle<T extends object>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const abort = (): void => void this.#process.kill();
    signal?.addEventListener('abort', abort);
    try {
      signal?.throwIfAborted();
      const result = await work;
      signal?.throwIfAborted();
      // What looks like the end may be a source that failed.
      if ('isEnd' in result && result.isEnd === true) this.#throwSourceFailure();
      return result;
    } catch (error) {
      work.catch(() => undefined);
      signal?.throwIfAborted();
      this.#throwSourceFailure();
      throw error instanceof SegmintError
        ? error
        : new EngineError(`Demuxing failed: ${String(error)}`, { cause: error });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #throwSourceFailure(): void {
    const failure = this.#gateway?.failure;
    if (failure !== undefined) throw failure as Error;
  }
}
