import { allocateChunk } from '../io/recycled-memory.js';

/** What objects are kept in: as many large blocks as they fill, and small ones for the rest, at most seven. */
const LARGE_BYTES = 256 << 10;
const SMALL_BYTES = 32 << 10;

/** How many blocks of each size an object takes. */
interface BlockCounts {
  readonly large: number;
  readonly small: number;
}

/**
 * Blocks of memory that serve one object after another. New memory for each would have the garbage collector look through
 * its whole heap whenever some 64 MiB of buffers have come, and the system take back and give out the same pages all the
 * time: players of all films would wait for it.
 *
 * A block is a buffer of its own: one that never comes back is the collector's, and takes no other with it.
 */
export class BlockPool {
  #maxFreeBytes: number;
  readonly #large: Uint8Array<ArrayBuffer>[] = [];
  readonly #small: Uint8Array<ArrayBuffer>[] = [];

  /** @param maxFreeBytes - what is kept for further use at most. */
  constructor(maxFreeBytes: number) {
    this.#maxFreeBytes = maxFreeBytes;
  }

  /** Bytes that are kept for further use. */
  get freeBytes(): number {
    return this.#large.length * LARGE_BYTES + this.#small.length * SMALL_BYTES;
  }

  /** Whether objects of this size are put into blocks; those that fill none are not worth it. */
  static isOfUse(byteLength: number): boolean {
    return byteLength >= SMALL_BYTES;
  }

  /** What the blocks of an object of this size take, in bytes. */
  static bytesFor(byteLength: number): number {
    const { large, small } = countsFor(byteLength);
    return large * LARGE_BYTES + small * SMALL_BYTES;
  }

  /** Says anew what is kept for further use at most, in bytes; what is beyond is left to the collector at once. */
  limit(maxFreeBytes: number): void {
    this.#maxFreeBytes = maxFreeBytes;
    this.#trim();
  }

  /**
   * Gives blocks for so many bytes: used before, or new.
   * @returns whole blocks, with anything in them, of which all but the last are to be filled.
   */
  take(byteLength: number): Uint8Array<ArrayBuffer>[] {
    const { large, small } = countsFor(byteLength);
    return [
      ...Array.from({ length: large }, () => this.#large.pop() ?? allocateChunk(LARGE_BYTES)),
      ...Array.from({ length: small }, () => this.#small.pop() ?? allocateChunk(SMALL_BYTES)),
    ];
  }

  /**
   * Takes back blocks. What was never taken back is left to the collector, and so is what is beyond the bound.
   * @param blocks - as they were given; nobody looks at what is in them any more.
   */
  giveBack(blocks: readonly Uint8Array<ArrayBuffer>[]): void {
    for (const block of blocks) {
      (block.byteLength === LARGE_BYTES ? this.#large : this.#small).push(block);
    }
    this.#trim();
  }

  /** Of that size of which there is more, so that there are some of either. */
  #trim(): void {
    while (this.freeBytes > this.#maxFreeBytes) {
      const isMoreLarge = this.#large.length * LARGE_BYTES > this.#small.length * SMALL_BYTES;
      (isMoreLarge ? this.#large : this.#small).pop();
    }
  }
}

function countsFor(byteLength: number): BlockCounts {
  const large = Math.floor(byteLength / LARGE_BYTES);
  const small = Math.ceil((byteLength - large * LARGE_BYTES) / SMALL_BYTES);
  return small * SMALL_BYTES === LARGE_BYTES ? { large: large + 1, small: 0 } : { large, small };
}
