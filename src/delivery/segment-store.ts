import type { ReadOptions } from '../media/source.js';
import { lendForGood, type LentObject } from './lent-object.js';

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
   * @returns the copy, where the store has one at hand in memory that nobody writes into: with it, nobody needs the chunks
   *   any more.
   */
  put(key: string, chunks: readonly Uint8Array[]): Promise<Uint8Array | undefined>;

  /**
   * Gives an object as {@link SegmentStore.get} does, in memory that the store uses again when it is given back. A store
   * without that need not have it.
   * @param key - its name.
   * @param options - a signal.
   */
  borrow?(key: string, options?: ReadOptions): Promise<LentObject | undefined>;

  /**
   * Keeps an object as {@link SegmentStore.put} does, and lends the copy. A store without {@link SegmentStore.borrow} need
   * not have it.
   * @param key - its name.
   * @param chunks - its bytes.
   */
  keep?(key: string, chunks: readonly Uint8Array[]): Promise<LentObject | undefined>;
}

/** Borrows an object from any store. */
export async function borrowFrom(
  store: SegmentStore,
  key: string,
  options: ReadOptions,
): Promise<LentObject | undefined> {
  if (store.borrow !== undefined) return await store.borrow(key, options);
  const object = await store.get(key, options);
  return object && lendForGood(object);
}

/** Keeps an object in any store, and borrows the copy where there is one. */
export async function keepIn(
  store: SegmentStore,
  key: string,
  chunks: readonly Uint8Array[],
): Promise<LentObject | undefined> {
  if (store.keep !== undefined) return await store.keep(key, chunks);
  const copy = await store.put(key, chunks);
  return copy && lendForGood(copy);
}
