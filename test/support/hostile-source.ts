import { SourceError } from '../../src/errors.js';
import type { ReadOptions, Source } from '../../src/media/source.js';

/** What goes wrong with a {@link HostileSource}; nothing by default. */
export interface SourceTrouble {
  /** Bytes of a chunk, or of the one at an offset; all at once by default. */
  readonly chunkBytes?: number | ((offset: number) => number);
  /** Whether it can be read anywhere; true by default. */
  readonly seekable?: boolean;
  /** Whether it says its size; true by default. */
  readonly knowsSize?: boolean;
  /** Offset from which on every read fails. */
  readonly failsAt?: number;
  /** Offset at which the bytes end, although more were promised. */
  readonly endsAt?: number;
  /** Offset from which on no read ever ends, unless it is aborted. */
  readonly stallsAt?: number;
  /** Called before each read, with the number of reads before it. */
  readonly onRead?: (count: number) => void;
  /** Called when a read begins to wait for ever. */
  readonly onStall?: () => void;
}

/** Bytes in memory, handed out as badly as a test wants, with account of what was opened and closed. */
export class HostileSource implements Source {
  readonly name = 'hostile';
  readonly identity = undefined;
  readonly size: number | undefined;
  readonly seekable: boolean;
  /** How often it was closed. */
  closed = 0;
  /** Streams that are open. */
  openStreams = 0;
  /** Reads that wait. */
  pendingReads = 0;
  /** Reads so far. */
  reads = 0;
  readonly #bytes: Uint8Array;
  readonly #trouble: SourceTrouble;

  constructor(bytes: Uint8Array, trouble: SourceTrouble = {}) {
    this.#bytes = bytes.subarray(0, trouble.endsAt);
    this.#trouble = trouble;
    this.size = trouble.knowsSize === false ? undefined : this.#bytes.length;
    this.seekable = trouble.seekable ?? true;
  }

  async *stream(offset: number, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    if (!this.seekable && (offset !== 0 || this.openStreams > 0))
      throw new SourceError('It cannot be read again.');
    this.openStreams++;
    try {
      const { chunkBytes = Math.max(1, this.#bytes.length) } = this.#trouble;
      for (let at = offset; ;) {
        const length = typeof chunkBytes === 'number' ? chunkBytes : chunkBytes(at);
        const chunk = await this.#give(at, length, options);
        if (chunk.length === 0) return;
        yield chunk;
        at += chunk.length;
      }
    } finally {
      this.openStreams--;
    }
  }

  async read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    if (!this.seekable) throw new SourceError('It cannot be read anywhere.');
    return await this.#give(offset, length, options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }

  async #give(offset: number, length: number, { signal }: ReadOptions): Promise<Uint8Array> {
    if (this.closed > 0) throw new SourceError('It was read after it was closed.');
    const { onRead, failsAt = Infinity, stallsAt = Infinity } = this.#trouble;
    onRead?.(this.reads++);
    signal?.throwIfAborted();
    if (offset + length > stallsAt) await this.#stall(signal);
    if (offset + length > failsAt) throw new SourceError('The connection was lost.', { context: { offset } });
    return this.#bytes.subarray(offset, offset + length);
  }

  async #stall(signal: AbortSignal | undefined): Promise<never> {
    this.pendingReads++;
    try {
      return await new Promise((_, reject) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a signal's reason may be anything.
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        this.#trouble.onStall?.();
      });
    } finally {
      this.pendingReads--;
    }
  }
}
