import type { ReadOptions } from '../media/source.js';
import type { LentObject } from './lent-object.js';
import { borrowFrom, keepIn, type SegmentStore } from './segment-store.js';

/** What a store was asked, and what came of it. */
export interface StoreCounts {
  /** Objects that were there. */
  readonly hits: number;
  /** Objects that were not. */
  readonly misses: number;
  /** Objects that were handed over to be kept. */
  readonly puts: number;
  /** Questions and objects that the store failed at. */
  readonly errors: number;
}

/** A store that counts what it is asked. */
export class CountedSegmentStore implements SegmentStore {
  readonly #store: SegmentStore;
  #hits = 0;
  #misses = 0;
  #puts = 0;
  #errors = 0;

  /** @param store - does the work; closed with this. */
  constructor(store: SegmentStore) {
    this.#store = store;
  }

  /** What was counted since the start. */
  get counts(): StoreCounts {
    return { hits: this.#hits, misses: this.#misses, puts: this.#puts, errors: this.#errors };
  }

  /** Gives an object; see {@link SegmentStore.get}. */
  async get(key: string, options: ReadOptions = {}): Promise<Uint8Array | undefined> {
    return await this.#asked(() => this.#store.get(key, options), options);
  }

  /** Lends an object; see {@link SegmentStore.borrow}. */
  async borrow(key: string, options: ReadOptions = {}): Promise<LentObject | undefined> {
    return await this.#asked(() => borrowFrom(this.#store, key, options), options);
  }

  /** Keeps an object; see {@link SegmentStore.put}. */
  async put(key: string, chunks: readonly Uint8Array[]): Promise<Uint8Array | undefined> {
    return await this.#given(() => this.#store.put(key, chunks));
  }

  /** Keeps an object, and lends the copy; see {@link SegmentStore.keep}. */
  async keep(key: string, chunks: readonly Uint8Array[]): Promise<LentObject | undefined> {
    return await this.#given(() => keepIn(this.#store, key, chunks));
  }

  /** Closes the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
  async #asked<T>(ask: () => Promise<T | undefined>, { signal }: ReadOptions): Promise<T | undefined> {
    try {
      const object = await ask();
      if (object === undefined) this.#misses++;
      else this.#hits++;
      return object;
    } catch (error) {
      if (signal?.aborted !== true) this.#errors++;
      throw error;
    }
  }

  async #given<T>(give: () => Promise<T>): Promise<T> {
    this.#puts++;
    try {
      return await give();
    } catch (error) {
      this.#errors++;
      throw error;
    }
  }
}
