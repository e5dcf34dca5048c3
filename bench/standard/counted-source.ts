import type { ReadOptions, Source, StreamOptions } from '../../src/index.js';

/** Counts what is read of a source, as a server would count requests; says of itself that reading is not cheap, unless it is told to. */
export class CountedSource implements Source {
  /** Reads so far: each is a request. */
  reads = 0;
  /** Bytes that they brought. */
  bytes = 0;
  readonly name: string;
  readonly size: number | undefined;
  readonly seekable: boolean;
  readonly identity: string | undefined;
  readonly isLocal: boolean;
  readonly #source: Source;

  /**
   * @param source - what is read; closed with this.
   * @param isLocal - what it says of itself.
   */
  constructor(source: Source, isLocal = false) {
    this.#source = source;
    this.isLocal = isLocal;
    this.name = source.name;
    this.size = source.size;
    this.seekable = source.seekable;
    this.identity = source.identity;
  }

  async *stream(offset: number, options?: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    this.reads++;
    for await (const chunk of this.#source.stream(offset, options)) {
      this.bytes += chunk.byteLength;
      yield chunk;
    }
  }

  async read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array> {
    this.reads++;
    const chunk = await this.#source.read(offset, length, options);
    this.bytes += chunk.byteLength;
    return chunk;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#source[Symbol.asyncDispose]());
  }
}
