import { LRUCache } from 'lru-cache';
import { allocateChunk } from '../io/recycled-memory.js';
import type { SegmentStore } from './segment-store.js';

/** The part of the store that one object may take: a few large ones would push out all that is asked for often. */
const largestShare = 1 / 8;

/** What an object takes beside its bytes: its name, its entry in the map and the array around it. */
const overheadBytes = 300;

/** Keeps objects in memory; those that were not asked for the longest go first. */
export class MemorySegmentStore implements SegmentStore {
  readonly #maxBytes: number;
  readonly #objects: LRUCache<string, Uint8Array>;

  /** @param maxBytes - what all objects may take together; 0 keeps nothing. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    // A bound of 0 would be none; into 1 nothing fits.
    this.#objects = new LRUCache({
      maxSize: Math.max(1, maxBytes),
      sizeCalculation: ({ byteLength }) => costOf(byteLength),
    });
  }

  /** What the objects take, in bytes. */
  get size(): number {
    return this.#objects.calculatedSize;
  }

  /** Gives an object; see {@link SegmentStore.get}. */
  get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#objects.get(key));
  }

  /** Keeps an object of up to an eighth of the store; see {@link SegmentStore.put}. */
  put(key: string, chunks: readonly Uint8Array[]): Promise<Uint8Array | undefined> {
    const known = this.#objects.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const length = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    if (costOf(length) > this.#maxBytes * largestShare) return Promise.resolve(undefined);
    // Copied: the chunks may be views of larger ones, which would stay in memory uncounted.
    const object = allocateChunk(length);
    let offset = 0;
    for (const chunk of chunks) {
      object.set(chunk, offset);
      offset += chunk.byteLength;
    }
    this.#objects.set(key, object);
    return Promise.resolve(object);
  }

  /** Drops everything. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#objects.clear();
    return Promise.resolve();
  }
}

function costOf(length: number): number {
  return length + overheadBytes;
}
