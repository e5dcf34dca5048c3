import type { Source } from '../media/source.js';
import { ByteQueue } from './byte-queue.js';

/** Gives the bytes of a source from an offset to its end. */
export type OpenChunks = (offset: number, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/** How a reader gets its bytes. */
interface ReaderOptions {
  /** Opens the bytes; again for each jump. */
  readonly open: OpenChunks;
  /** Bytes that are read and thrown away rather than opening anew behind them; Infinity when that cannot be done. */
  readonly jumpBytes: number;
  /** Size of the source, when it is known. */
  readonly size: number | undefined;
}

/** A skip up to this many bytes costs less to read than a new request does. */
const STREAM_JUMP_BYTES = 1 << 20;
/** First and largest read of a reader that only looks at a few places. */
const RANGE_FIRST_BYTES = 32 << 10;
const RANGE_MAX_BYTES = 1 << 20;

/** Feeds a queue from a source, one chunk at a time, as its user asks for more. Must be closed. */
export class QueueReader {
  /** The bytes that have arrived. */
  readonly queue: ByteQueue;
  readonly #options: ReaderOptions;
  readonly #controller = new AbortController();
  #iterator: AsyncIterator<Uint8Array> | undefined;
  #isEnded = false;

  private constructor(options: ReaderOptions, offset: number) {
    this.#options = options;
    this.queue = new ByteQueue(offset);
  }

  /**
   * Reads a source on and on from an offset.
   * @param end - the first byte that is probably not needed.
   */
  static stream(source: Source, offset: number, end?: number): QueueReader {
    return new QueueReader(
      {
        open: (at, signal) => source.stream(at, { signal, end }),
        jumpBytes: source.seekable ? STREAM_JUMP_BYTES : Infinity,
        size: source.size,
      },
      offset,
    );
  }

  /** Reads a seekable source from an offset in ranges that begin small and grow, for a look at one place. */
  static ranges(source: Source, offset: number): QueueReader {
    return new QueueReader(
      {
        open: (at, signal) => readRanges(source, at, signal),
        jumpBytes: RANGE_FIRST_BYTES,
        size: source.size,
      },
      offset,
    );
  }

  /** Whether the source has no more bytes. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Lets a signal end this reader's reads, until the returned function is called. */
  follow(signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined;
    const abort = (): void => this.#controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  }

  /**
   * Appends the next chunk to the queue.
   * @returns false when the source has ended.
   * @throws {SourceError} as the source does.
   */
  async fill(): Promise<boolean> {
    const { signal } = this.#controller;
    signal.throwIfAborted();
    if (this.#isEnded) return false;
    const isBeyond = this.queue.pendingSkip > this.#options.jumpBytes && !(await this.#jump());
    const result = isBeyond ? undefined : await this.#nextChunk(signal);
    signal.throwIfAborted();
    if (result === undefined || result.done === true) {
      this.#isEnded = true;
      return false;
    }
    this.queue.append(result.value);
    return true;
  }

  /** Fills the queue until `length` bytes are there; false when the source ends before. */
  async ensure(length: number): Promise<boolean> {
    while (this.queue.available < length) {
      if (!(await this.fill())) return false;
    }
    return true;
  }

  /** Ends the reading. Safe to call again. */
  async close(): Promise<void> {
    this.#isEnded = true;
    const iterator = this.#iterator;
    this.#iterator = undefined;
    await iterator?.return?.();
  }

  #nextChunk(signal: AbortSignal): Promise<IteratorResult<Uint8Array>> {
    this.#iterator ??= this.#options.open(this.queue.offset, signal)[Symbol.asyncIterator]();
    return this.#iterator.next();
  }

  /** Opens anew behind what is to be skipped; false when the source does not reach so far. */
  async #jump(): Promise<boolean> {
    const { size } = this.#options;
    if (size !== undefined && this.queue.offset >= size) return false;
    const iterator = this.#iterator;
    this.#iterator = undefined;
    await iterator?.return?.();
    this.queue.cancelPendingSkip();
    return true;
  }
}

async function* readRanges(
  source: Source,
  offset: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = offset;
  let length = RANGE_FIRST_BYTES;
  for (;;) {
    const wanted = source.size === undefined ? length : Math.min(length, source.size - at);
    if (wanted <= 0) return;
    const chunk = await source.read(at, wanted, { signal });
    if (chunk.length > 0) yield chunk;
    if (chunk.length < wanted) return;
    at += chunk.length;
    length = Math.min(length * 2, RANGE_MAX_BYTES);
  }
}
