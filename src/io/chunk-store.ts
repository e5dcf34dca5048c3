import { LRUCache } from 'lru-cache';

/** Chunks of one source in a {@link ChunkStore}. */
export interface ChunkShelf {
  /** Gives a chunk that is kept, which is then the last used. */
  get(index: number): Uint8Array | undefined;
  /** Whether a chunk is kept. */
  has(index: number): boolean;
  /** Keeps a chunk, and lets go of what was used least recently, of whichever source. */
  put(index: number, bytes: Uint8Array): void;
  /** Lets go of all; nothing is kept from now on. */
  close(): void;
}

/** Where a chunk stands: on the shelf of its source, which is told when it goes. */
interface Place {
  readonly shelf: Map<number, Place>;
  readonly index: number;
}

/** Keeps chunks of any number of sources within one bound; the least recently used go first. */
export class ChunkStore {
  readonly #kept: LRUCache<Place, Uint8Array>;

  /** @param maxBytes - bytes that are kept in all, a whole number; no chunk that is larger is kept. */
  constructor(maxBytes: number) {
    this.#kept = new LRUCache({
      // A bound of 0 would be none.
      maxSize: Math.max(1, maxBytes),
      sizeCalculation: ({ length }) => Math.max(1, length),
      dispose: (_bytes, { shelf, index }) => shelf.delete(index),
    });
  }

  /** Bytes that are kept now. */
  get bytes(): number {
    return this.#kept.calculatedSize;
  }

  /** Makes room for the chunks of one more source. */
  openShelf(): ChunkShelf {
    const shelf = new Map<number, Place>();
    let isClosed = false;
    return {
      get: (index) => {
        const place = shelf.get(index);
        return place && this.#kept.get(place);
      },
      has: (index) => shelf.has(index),
      put: (index, bytes) => {
        if (isClosed) return;
        const place = shelf.get(index) ?? { shelf, index };
        this.#kept.set(place, bytes);
        // What stood there before was let go of just now; and too large a chunk is not kept.
        if (this.#kept.has(place)) shelf.set(index, place);
      },
      close: () => {
        isClosed = true;
        for (const place of shelf.values()) this.#kept.delete(place);
      },
    };
  }
}
