import { InvariantError } from '../errors.js';
import type { BlockPool } from './block-pool.js';

/**
 * An object of a store for somebody to read, in memory that may serve another one after it. Who forgets to give it back
 * costs the store this memory, which is then left to the collector; nobody ever reads another's bytes for that.
 */
export interface LentObject {
  /** Its bytes, one chunk after another; nobody writes into them before they are given back. */
  readonly chunks: readonly Uint8Array[];
  /** Bytes of all chunks. */
  readonly byteLength: number;

  /**
   * Lends the same to one more, who gives it back on their own.
   * @throws {InvariantError} after it was given back.
   */
  share(): LentObject;

  /**
   * Tells that nobody looks at the bytes any more on account of this loan, not even the system: what was written to a socket
   * or a file has been taken, every chunk of it. A second call does nothing.
   */
  giveBack(): void;
}

/** Lends bytes that are used for nothing else after this. */
export function lendForGood(bytes: Uint8Array): LentObject {
  const lent: LentObject = {
    chunks: bytes.byteLength === 0 ? [] : [bytes],
    byteLength: bytes.byteLength,
    share: () => lent,
    giveBack: () => undefined,
  };
  return lent;
}

/**
 * Lends blocks of a pool, to be filled by the caller. They go back to it when all loans of them have been given back.
 * @param pool - where they come from.
 * @param byteLength - of the object, whose bytes are anything until they are written.
 */
export function lendBlocks(pool: BlockPool, byteLength: number): LentObject {
  const blocks = pool.take(byteLength);
  let offset = 0;
  const chunks = blocks.map((block) => {
    const chunk = block.subarray(0, Math.min(block.byteLength, byteLength - offset));
    offset += chunk.byteLength;
    return chunk;
  });
  let loans = 0;
  const lend = (): LentObject => {
    let isGivenBack = false;
    loans++;
    return {
      chunks,
      byteLength,
      share: () => {
        if (isGivenBack) throw new InvariantError('An object was shared after it had been given back.');
        return lend();
      },
      giveBack: () => {
        if (isGivenBack) return;
        isGivenBack = true;
        loans--;
        if (loans === 0) pool.giveBack(blocks);
      },
    };
  };
  return lend();
}
