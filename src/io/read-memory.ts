import type { ChunkMemory } from '../media/source.js';
import { allocateChunk } from './recycled-memory.js';

/** Buffers are of these sizes, so that one serves again whatever is read next; what is larger is not kept. */
const SMALLEST_BYTES = 64 << 10;
const LARGEST_BYTES = 4 << 20;

/**
 * Buffers for what is read and soon copied. New memory for each read would have the garbage collector run for nothing else
 * than to give it back: V8 looks through its whole heap after every few dozen megabytes of buffers, whatever the objects.
 */
export class ReadMemoryPool {
  readonly #maxFreeBytes: number;
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>();
  #freeBytes = 0;

  /** @param maxFreeBytes - what is kept for further use at most; the rest is left to the collector. */
  constructor(maxFreeBytes: number) {
    this.#maxFreeBytes = maxFreeBytes;
  }

  /** Bytes that are kept for further use. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** Opens a memory for one piece of work. */
  open(): ReadMemory {
    return new ReadMemory(this);
  }

  /** Gives a buffer of at least so many bytes. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length > LARGEST_BYTES) return allocateChunk(length);
    let size = SMALLEST_BYTES;
    while (size < length) size *= 2;
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return allocateChunk(size);
    this.#freeBytes -= size;
    return buffer;
  }

  /** Takes back a buffer that nobody looks at any more. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    const size = buffer.byteLength;
    if (size > LARGEST_BYTES || this.#freeBytes + size > this.#maxFreeBytes) return;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [buffer]);
    else list.push(buffer);
    this.#freeBytes += size;
  }
}

/** The memory that one piece of work reads into. */
class ReadMemory implements ChunkMemory {
  readonly #pool: ReadMemoryPool;
  /** Buffers that have reached a reader; those of reads that were given up may still be written into. */
  readonly #lent: Uint8Array<ArrayBuffer>[] = [];
  readonly #buffers = new WeakMap<Uint8Array, Uint8Array<ArrayBuffer>>();

  /** @param pool - where it comes from. */
  constructor(pool: ReadMemoryPool) {
    this.#pool = pool;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#pool.take(length);
    const chunk = buffer.subarray(0, length);
    this.#buffers.set(chunk, buffer);
    return chunk;
  }

  lend(chunk: Uint8Array<ArrayBuffer>): void {
    const buffer = this.#buffers.get(chunk);
    if (buffer !== undefined) this.#lent.push(buffer);
  }

  /**
   * Lets others use what was read into. Without this call it is left to the collector.
   *
   * Nobody may look at anything that was read any more: what is to last has been copied.
   */
  release(): void {
    for (const buffer of this.#lent.splice(0)) this.#pool.giveBack(buffer);
  }
}
