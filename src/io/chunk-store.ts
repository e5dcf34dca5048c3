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

interface Kept {
  readonly owner: Map<number, Kept>;
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Keeps chunks of any number of sources within one bound; the least recently used go first. */
export class ChunkStore {
  readonly #maxBytes: number;
  /** The least recently used first. */
  readonly #kept = new Set<Kept>();
  #bytes = 0;

  /** @param maxBytes - bytes that are kept in all. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that are kept now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Makes room for the chunks of one more source. */
  openShelf(): ChunkShelf {
    const own = new Map<number, Kept>();
    let isClosed = false;
    return {
      get: (index) => {
        const kept = own.get(index);
        if (kept === undefined) return undefined;
        this.#kept.delete(kept);
        this.#kept.add(kept);
        return kept.bytes;
      },
      has: (index) => own.has(index),
      put: (index, bytes) => {
        if (isClosed) return;
        const older = own.get(index);
        if (older !== undefined) this.#drop(older);
        const kept = { owner: own, index, bytes };
        own.set(index, kept);
        this.#kept.add(kept);
        this.#bytes += bytes.length;
        for (const oldest of this.#kept) {
          if (this.#bytes <= this.#maxBytes) break;
          this.#drop(oldest);
        }
      },
      close: () => {
        isClosed = true;
        for (const kept of own.values()) this.#drop(kept);
      },
    };
  }

  #drop(kept: Kept): void {
    this.#kept.delete(kept);
    kept.owner.delete(kept.index);
    this.#bytes -= kept.bytes.length;
  }
}
