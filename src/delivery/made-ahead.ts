import { LRUCache } from 'lru-cache';
import type { PrefetchStats } from './delivery-record.js';

/** Segments made ahead that nobody has asked for so far: remembered to tell whether it was of use. */
const MAX_UNCLAIMED = 1024;

/** Follows what was made before anybody asked for it, and whether that was of use. */
export class MadeAhead {
  readonly #unclaimed = new LRUCache<string, true>({ max: MAX_UNCLAIMED });
  #begun = 0;
  #used = 0;

  /** How many were begun, and how many of them somebody asked for. */
  get stats(): PrefetchStats {
    return { begun: this.#begun, used: this.#used };
  }

  /** A segment is begun that nobody has asked for. */
  begin(key: string): void {
    this.#begun++;
    this.#unclaimed.set(key, true);
  }

  /** A segment is asked for. @returns whether it was begun before anybody had. */
  claim(key: string): boolean {
    return this.#unclaimed.delete(key);
  }

  /** A segment that was begun ahead has been given to who asked for it. */
  noteUse(): void {
    this.#used++;
  }

  /** A segment has failed. */
  drop(key: string): void {
    this.#unclaimed.delete(key);
  }
}
