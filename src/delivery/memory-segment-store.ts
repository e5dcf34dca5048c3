import { LRUCache } from 'lru-cache';
import { copyChunks } from '../bytes/copy-chunks.js';
import { allocateChunk } from '../io/recycled-memory.js';
import { BlockPool } from './block-pool.js';
import { lendBlocks, lendForGood, type LentObject } from './lent-object.js';
import { lengthOf } from './sealed-object.js';
import type { SegmentStore } from './segment-store.js';

/** The part of the store that one object may take: a few large ones would push out all that is asked for often. */
const largestShare = 1 / 8;

/**
 * The part of the store that is kept free for what comes next, and bounds of it, in bytes: what goes while it is still being
 * sent cannot serve yet.
 */
const spareShare = 1 / 8;
const smallestSpare = 256 << 10;
const largestSpare = 32 << 20;

/** What an object takes beside its bytes: its name, its entry in the map and the arrays around it. */
const overheadBytes = 300;

/**
 * Keeps objects in memory; those that were not asked for the longest go first. The memory of one that has gone and that
 * nobody reads any more serves the next.
 */
export class MemorySegmentStore implements SegmentStore {
  readonly #maxBytes: number;
  readonly #pool: BlockPool;
  readonly #objects: LRUCache<string, LentObject>;

  /**
   * @param maxBytes - what all objects may take together, with what is kept free for the next; 0 keeps nothing.
   * @param pool - keeps that free, and is told how much; the store's own when absent.
   */
  constructor(maxBytes: number, pool: BlockPool = new BlockPool(0)) {
    this.#maxBytes = maxBytes;
    this.#pool = pool;
    // A bound of 0 would be none; into 1 nothing fits.
    this.#objects = new LRUCache({
      maxSize: Math.max(1, maxBytes - spareOf(maxBytes)),
      sizeCalculation: ({ byteLength }) => costOf(byteLength),
      dispose: (object) => object.giveBack(),
    });
    pool.limit(maxBytes);
  }

  /** What the objects take, with what is kept free for the next, in bytes. */
  get size(): number {
    return this.#objects.calculatedSize + this.#pool.freeBytes;
  }

  /** Gives an object; see {@link SegmentStore.get}. One that is lent in blocks is copied for it. */
  get(key: string): Promise<Uint8Array | undefined> {
    const object = this.#objects.get(key);
    return Promise.resolve(object && wholeOf(object));
  }

  /** Lends an object; see {@link SegmentStore.borrow}. */
  borrow(key: string): Promise<LentObject | undefined> {
    return Promise.resolve(this.#objects.get(key)?.share());
  }

  /** Keeps an object of up to an eighth of the store; see {@link SegmentStore.put}. */
  async put(key: string, chunks: readonly Uint8Array[]): Promise<undefined> {
    (await this.keep(key, chunks))?.giveBack();
  }

  /** Keeps an object of up to an eighth of the store, and lends the copy; see {@link SegmentStore.keep}. */
  keep(key: string, chunks: readonly Uint8Array[]): Promise<LentObject | undefined> {
    const known = this.#objects.get(key);
    if (known !== undefined) return Promise.resolve(known.share());
    const length = lengthOf(chunks);
    const cost = costOf(length);
    if (cost > this.#maxBytes * largestShare) return Promise.resolve(undefined);
    // Before the new one takes memory, so that it takes theirs: all of it is kept for so long.
    this.#pool.limit(Infinity);
    while (this.#objects.calculatedSize + cost > this.#objects.maxSize) this.#objects.pop();
    // Copied: the chunks may be views of larger ones, which would stay in memory uncounted.
    const object = BlockPool.isOfUse(length)
      ? lendBlocks(this.#pool, length)
      : lendForGood(allocateChunk(length));
    copyChunks(chunks, object.chunks);
    this.#objects.set(key, object);
    this.#pool.limit(this.#maxBytes - this.#objects.calculatedSize);
    return Promise.resolve(object.share());
  }

  /** Drops everything. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#objects.clear();
    this.#pool.limit(0);
    return Promise.resolve();
  }
}

/** What is kept free for what comes next at least, in bytes; of a very small store nothing. */
function spareOf(maxBytes: number): number {
  const spare = Math.floor(Math.min(maxBytes * spareShare, largestSpare));
  return spare < smallestSpare ? 0 : spare;
}

function costOf(length: number): number {
  return overheadBytes + (BlockPool.isOfUse(length) ? BlockPool.bytesFor(length) : length);
}

function wholeOf({ chunks, byteLength }: LentObject): Uint8Array {
  if (!BlockPool.isOfUse(byteLength)) return chunks[0] ?? new Uint8Array();
  const whole = allocateChunk(byteLength);
  copyChunks(chunks, [whole]);
  return whole;
}
