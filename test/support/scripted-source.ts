import { SourceError } from '../../src/errors.js';
import type { ReadOptions, Source } from '../../src/media/source.js';

/** How a {@link ScriptedSource} behaves; a plain seekable source by default. */
export interface SourceScript {
  /** Bytes of a chunk; all in one by default. */
  readonly chunkBytes?: number;
  /** Whether it can be read anywhere. */
  readonly seekable?: boolean;
  /** Whether it says its size. */
  readonly knowsSize?: boolean;
  /** Fails with a SourceError when this byte is to be read. */
  readonly failsAt?: number;
}

/** A source of bytes in memory that behaves as a test wants it, and keeps account of what was read. */
export class ScriptedSource implements Source {
  readonly name = 'scripted';
  readonly identity = undefined;
  readonly size: number | undefined;
  readonly seekable: boolean;
  /** Offsets at which streams were opened. */
  readonly opened: number[] = [];
  /** Streams that are open now. */
  open = 0;
  /** Ranges read. */
  reads = 0;
  /** Bytes given out. */
  bytesRead = 0;
  readonly #bytes: Uint8Array;
  readonly #script: SourceScript;

  constructor(bytes: Uint8Array, script: SourceScript = {}) {
    this.#bytes = bytes;
    this.#script = script;
    this.size = script.knowsSize === false ? undefined : bytes.length;
    this.seekable = script.seekable ?? true;
  }

  async *stream(offset: number, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    this.opened.push(offset);
    this.open++;
    try {
      const chunkBytes = this.#script.chunkBytes ?? Math.max(1, this.#bytes.length);
      for (let at = offset; at < this.#bytes.length; at += chunkBytes) {
        yield this.#give(at, chunkBytes, options);
      }
      if (this.#script.failsAt === this.#bytes.length) throw new SourceError('The connection was lost.');
    } finally {
      this.open--;
    }
  }

  async read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    this.reads++;
    return this.#give(offset, length, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #give(offset: number, length: number, options: ReadOptions): Uint8Array {
    options.signal?.throwIfAborted();
    const { failsAt } = this.#script;
    if (failsAt !== undefined && offset + length > failsAt && offset <= failsAt) {
      throw new SourceError('The connection was lost.');
    }
    const chunk = this.#bytes.subarray(offset, offset + length);
    this.bytesRead += chunk.length;
    return chunk;
  }
}
