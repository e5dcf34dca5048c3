import type { ReadOptions } from '../media/source.js';

/**
 * Keeps what was made: whole, immutable byte objects under a name that says everything their bytes depend on. What is
 * kept may be dropped at any time, for it can be made again; what is given is complete and right. Closing a store is for
 * whoever opened it.
 */
export interface SegmentStore extends AsyncDisposable {
  /**
   * Gives an object.
   * @param key - its name.
   * @param options - a signal.
   * @returns all of its bytes, which nobody writes into; undefined when the store does not have it.
   */
  get(key: string, options?: ReadOptions): Promise<Uint8Array | undefined>;

  /**
   * Keeps an object, or not: a store may refuse what is too large for it. To keep again what is kept changes nothing.
   * @param key - its name.
   * @param chunks - its bytes, one chunk after another; copied before the promise settles, and not held after that.
   * @returns the copy, where the store has one at hand in memory: with it, nobody needs the chunks any more.
   */
  put(key: string, chunks: readonly Uint8Array[]): Promise<Uint8Array | undefined>;
}
