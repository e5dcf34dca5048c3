import type { ReadOptions } from '../media/source.js';
import type { LentObject } from './lent-object.js';
import { borrowFrom, keepIn, type SegmentStore } from './segment-store.js';

/** Settings of a {@link TieredSegmentStore}. */
export interface TieredSegmentStoreOptions {
  /** Takes an error of the second store. It costs time only. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** What may wait to be written into the second store, in bytes; 64 MiB by default. Beyond, it is kept in the first only. */
  readonly maxPendingBytes?: number | undefined;
}

const defaultPendingBytes = 64 << 20;

/**
 * A small, fast store before a large one. What is found in the second is also kept in the first; what is new is kept in
 * both, and nobody waits for the second but where the first did not take it.
 */
export class TieredSegmentStore implements SegmentStore {
  readonly #first: SegmentStore;
  readonly #second: SegmentStore;
  readonly #onError: (error: unknown) => void;
  readonly #maxPendingBytes: number;
  readonly #pending = new Set<Promise<void>>();
  #pendingBytes = 0;

  /**
   * @param first - the fast one; closed with this.
   * @param second - the large one; closed with this.
   * @param options - limits.
   */
  constructor(first: SegmentStore, second: SegmentStore, options: TieredSegmentStoreOptions = {}) {
    this.#first = first;
    this.#second = second;
    this.#onError = options.onError ?? (() => undefined);
    this.#maxPendingBytes = options.maxPendingBytes ?? defaultPendingBytes;
  }

  /** Gives an object from the first store that has it; see {@link SegmentStore.get}. */
  async get(key: string, options: ReadOptions = {}): Promise<Uint8Array | undefined> {
    const near = await this.#first.get(key, options);
    if (near !== undefined) return near;
    const far = await this.#second.get(key, options);
    if (far !== undefined) await this.#first.put(key, [far]);
    return far;
  }

  /** Lends an object from the first store that has it; see {@link SegmentStore.borrow}. */
  async borrow(key: string, options: ReadOptions = {}): Promise<LentObject | undefined> {
    const near = await borrowFrom(this.#first, key, options);
    if (near !== undefined) return near;
    const far = await borrowFrom(this.#second, key, options);
    const copy = far && (await keepIn(this.#first, key, far.chunks));
    if (copy === undefined) return far;
    far!.giveBack();
    return copy;
  }

  /** Keeps an object in both; see {@link SegmentStore.put}. */
  async put(key: string, chunks: readonly Uint8Array[]): Promise<undefined> {
    (await this.keep(key, chunks))?.giveBack();
  }

  /** Keeps an object in both, and lends the first store's copy; see {@link SegmentStore.keep}. */
  async keep(key: string, chunks: readonly Uint8Array[]): Promise<LentObject | undefined> {
    // The first store's copy can be held on to, and the chunks cannot.
    const copy = await keepIn(this.#first, key, chunks);
    if (copy === undefined) return await keepIn(this.#second, key, chunks);
    this.#putBehind(key, copy.share());
    return copy;
  }

  /** Waits until the second store has what it was given, and closes both. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#pending);
    await this.#first[Symbol.asyncDispose]();
    await this.#second[Symbol.asyncDispose]();
  }

  /** @param object - given back when the second store has taken it. */
  #putBehind(key: string, object: LentObject): void {
    const bytes = object.byteLength;
    if (this.#pendingBytes + bytes > this.#maxPendingBytes) {
      object.giveBack();
      return;
    }
    this.#pendingBytes += bytes;
    const put = this.#second.put(key, object.chunks).then(() => undefined, this.#onError);
    this.#pending.add(put);
    void put.finally(() => {
      this.#pending.delete(put);
      this.#pendingBytes -= bytes;
      object.giveBack();
    });
  }
}
