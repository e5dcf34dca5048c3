import type { Source } from '../../media/source.js';
import { ByteRun } from './byte-run.js';

/** How a {@link SourceReader} goes about it. */
export interface SourceReaderOptions {
  /**
   * `stream`: one request that goes on and on, and ranges where what is wanted lies far apart. `ranges`: ranges alone,
   * for a look at a few places, or for reading at several places in turn.
   */
  readonly mode: 'stream' | 'ranges';
  /** Least bytes of a range: what comes next is mostly wanted too. */
  readonly rangeBytes?: number;
  /** The first byte that is probably not needed. */
  readonly end?: number | undefined;
}

/** Bytes that are read and thrown away rather than asking anew behind them. */
export const GAP_BYTES = 256 << 10;
const DEFAULT_RANGE_BYTES = 32 << 10;
/** Ranges that follow on each other until a stream is opened again. */
const RANGES_BEFORE_STREAM = 2;

/**
 * Reads a source at rising offsets, and elsewhere where the source allows it. Keeps what it has read behind the last
 * offset that was asked for, so that reads may overlap a little. Must be closed.
 */
export class SourceReader {
  readonly #source: Source;
  readonly #options: SourceReaderOptions;
  readonly #controller = new AbortController();
  #isStreaming: boolean;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  #chunks: Uint8Array[] = [];
  /** Offsets of the first byte that is kept, and behind the last. */
  #start = 0;
  #position = 0;
  #isAtEnd = false;
  #following = 0;

  /**
   * @param source - what is read; stays the caller's to close.
   * @param options - how.
   */
  constructor(source: Source, options: SourceReaderOptions) {
    this.#source = source;
    this.#options = options;
    this.#isStreaming = options.mode === 'stream';
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
   * Reads bytes.
   * @param offset - the first one. Of a source that is not seekable it must not lie before what was read.
   * @param length - how many.
   * @returns what there is of them: less where the source ends. A run that begins behind the offset says that it cannot
   * be read any more.
   * @throws {SourceError} as the source does.
   */
  async read(offset: number, length: number): Promise<ByteRun> {
    this.#controller.signal.throwIfAborted();
    if (offset < this.#start || offset > this.#position) await this.#moveTo(offset);
    if (offset < this.#start) return new ByteRun(Infinity, []);
    this.#forgetBefore(offset);
    while (this.#position < offset + length && !this.#isAtEnd) {
      await this.#fetch(offset + length - this.#position);
      this.#forgetBefore(offset);
    }
    return new ByteRun(this.#start, this.#chunks.slice());
  }

  /** Ends the reading. Safe to call again. */
  async close(): Promise<void> {
    this.#isAtEnd = true;
    this.#chunks = [];
    await this.#closeStream();
  }

  /** Goes to where nothing is kept: on through the stream when it is near, else anew. */
  async #moveTo(offset: number): Promise<void> {
    const { seekable } = this.#source;
    const ahead = offset - this.#position;
    if (!seekable || (this.#iterator !== undefined && ahead >= 0 && ahead <= GAP_BYTES)) return;
    const isFollowing = ahead >= 0 && ahead <= GAP_BYTES;
    this.#following = isFollowing ? this.#following + 1 : 0;
    const isFirst = this.#position === 0;
    await this.#closeStream();
    this.#chunks = [];
    this.#start = offset;
    this.#position = offset;
    this.#isAtEnd = false;
    this.#isStreaming =
      this.#options.mode === 'stream' && (isFirst || this.#following >= RANGES_BEFORE_STREAM);
  }

  #forgetBefore(offset: number): void {
    let kept = 0;
    while (kept < this.#chunks.length && this.#start + this.#chunks[kept]!.length <= offset) {
      this.#start += this.#chunks[kept++]!.length;
    }
    if (kept > 0) this.#chunks.splice(0, kept);
    if (this.#chunks.length === 0) this.#start = this.#position;
  }

  async #fetch(wanted: number): Promise<void> {
    const chunk = this.#isStreaming ? await this.#nextOfStream() : await this.#readRange(wanted);
    this.#controller.signal.throwIfAborted();
    if (chunk === undefined || chunk.length === 0) {
      this.#isAtEnd = true;
      return;
    }
    this.#chunks.push(chunk);
    this.#position += chunk.length;
  }

  async #nextOfStream(): Promise<Uint8Array | undefined> {
    const { signal } = this.#controller;
    if (this.#iterator === undefined) {
      const stream = this.#source.stream(this.#position, { signal, end: this.#options.end });
      this.#iterator = stream[Symbol.asyncIterator]();
    }
    const result = await this.#iterator.next();
    return result.done === true ? undefined : result.value;
  }

  async #readRange(wanted: number): Promise<Uint8Array | undefined> {
    const { size } = this.#source;
    const least = Math.max(wanted, this.#options.rangeBytes ?? DEFAULT_RANGE_BYTES);
    const length = size === undefined ? least : Math.min(least, size - this.#position);
    if (length <= 0) return undefined;
    this.#following++;
    if (this.#options.mode === 'stream' && this.#following > RANGES_BEFORE_STREAM) {
      this.#isStreaming = true;
      return this.#nextOfStream();
    }
    return this.#source.read(this.#position, length, { signal: this.#controller.signal });
  }

  async #closeStream(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    await iterator?.return?.();
  }
}
