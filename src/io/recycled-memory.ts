import { Buffer } from 'node:buffer';
import type { ChunkMemory, Source } from '../media/source.js';

/** The most chunks that are kept for further use; what a burst needed beyond that is let go. */
const mostFree = 16;

/** The most chunks that wait to be freed: of a reader that frees none, or seldom, older ones are left to the collector. */
const mostLent = 128;

/**
 * Uses the memory of chunks again, instead of leaving it to the garbage collector: at gigabytes a second the collector
 * would run all the time, and every new chunk would be faulted in page by page.
 *
 * It works by offsets. The reader says from which offset of the source on bytes are still in use; a chunk that ends
 * before that is free. Nothing that was taken before {@link RecycledMemory.begin} is ever used again, so what an opening
 * file hands out for good (private data, first samples) is safe.
 */
export class RecycledMemory implements ChunkMemory {
  readonly #lent: { readonly chunk: Uint8Array<ArrayBuffer>; readonly end: number }[] = [];
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  /** Taken before the beginning: parts of it may be in use for good, whenever it is lent. */
  readonly #early = new WeakSet<Uint8Array>();
  #hasBegun = false;

  /** From now on chunks that are taken may be used again. */
  begin(): void {
    this.#hasBegun = true;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    for (let chunk = this.#free.pop(); chunk !== undefined; chunk = this.#free.pop()) {
      if (chunk.length === length) return chunk;
    }
    const chunk = allocateChunk(length);
    if (!this.#hasBegun) this.#early.add(chunk);
    return chunk;
  }

  lend(chunk: Uint8Array<ArrayBuffer>, offset: number): void {
    if (!this.#hasBegun || this.#early.has(chunk)) return;
    this.#lent.push({ chunk, end: offset + chunk.length });
    if (this.#lent.length > mostLent) this.#lent.shift();
  }

  /**
   * Frees the chunks before an offset.
   * @param offset - nobody reads any more what was lent and lies before this in the source, and nobody has a view of it
   * that will be read.
   */
  releaseBefore(offset: number): void {
    for (let first = this.#lent[0]; first !== undefined && first.end <= offset; first = this.#lent[0]) {
      this.#lent.shift();
      if (this.#free.length < mostFree) this.#free.push(first.chunk);
    }
  }
}

/** Lets a source be read into a memory, by readers that know nothing of it. The source is closed as before. */
export function withMemory(source: Source, memory: ChunkMemory): Source {
  return {
    name: source.name,
    size: source.size,
    seekable: source.seekable,
    identity: source.identity,
    isLocal: source.isLocal,
    path: source.path,
    stream: (offset, options) => source.stream(offset, { ...options, memory }),
    read: (offset, length, options) => source.read(offset, length, options),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

/** Not zeroed, and not from Node's shared pool: the reader gets every byte overwritten, and all of the buffer. */
export function allocateChunk(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}
