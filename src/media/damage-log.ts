import type { Damage } from './demuxer.js';

/** Damaged places that are remembered one by one; further ones are only counted. */
const MAX_ENTRIES = 100;

/** Remembers what a demuxer passed over: the first places one by one, all of them by number. */
export class DamageLog {
  readonly #entries: Damage[] = [];
  readonly #seen = new Set<string>();
  #count = 0;

  /** Places met so far, in the order in which they were met; bounded. */
  get entries(): readonly Damage[] {
    return this.#entries;
  }

  /** Number of places met so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds a place. One that was met before, when the same part was read earlier, is not counted again while places are
   * remembered; a source is truncated once.
   */
  add(kind: Damage['kind'], offset: number, length: number, reason: string): void {
    const key = kind === 'truncated' ? kind : `${kind} ${offset} ${reason}`;
    if (this.#seen.has(key)) return;
    this.#count++;
    // A truncated source must stay visible however damaged it is otherwise.
    if (this.#entries.length >= MAX_ENTRIES && kind !== 'truncated') return;
    this.#seen.add(key);
    this.#entries.push({ kind, offset, length, reason });
  }
}
