import type { ReadOptions, Source } from '../media/source.js';
import { SourceError } from '../errors.js';

/** Options of {@link openBytes}. */
export interface BytesSourceOptions {
  /** For people; `bytes` by default. */
  readonly name?: string;
  /** Changes whenever the bytes do; undefined by default. */
  readonly identity?: string;
  /** Largest chunk of a stream, in bytes; the whole rest by default. */
  readonly chunkSize?: number;
}

/**
 * Makes a source of bytes in memory.
 * @param bytes - not copied: they must not change while the source is used.
 * @param options - name, identity and size of a chunk.
 * @returns a seekable source that hands out views.
 */
export function openBytes(bytes: Uint8Array, options: BytesSourceOptions = {}): Source {
  return new BytesSource(bytes, options);
}

class BytesSource implements Source {
  readonly name: string;
  readonly size: number;
  readonly seekable = true;
  readonly isLocal = true;
  readonly identity: string | undefined;
  readonly #bytes: Uint8Array;
  readonly #chunkSize: number;
  #closed = false;

  constructor(bytes: Uint8Array, options: BytesSourceOptions) {
    this.#bytes = bytes;
    this.name = options.name ?? 'bytes';
    this.size = bytes.length;
    this.identity = options.identity;
    this.#chunkSize = options.chunkSize ?? Infinity;
  }

  // Asynchronous by contract only.
  async *stream(offset: number, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = offset; at < this.size; at += this.#chunkSize) {
      yield await this.read(at, this.#chunkSize, options);
    }
  }

  read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    try {
      options.signal?.throwIfAborted();
      if (this.#closed) throw new SourceError(`${this.name} was read after it was closed.`);
      return Promise.resolve(this.#bytes.subarray(offset, offset + length));
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a signal's reason may be anything.
      return Promise.reject(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
