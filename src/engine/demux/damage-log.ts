import type { Damage } from '../../media/demuxer.js';

/** The most places that are remembered one by one. */
const MAX_ENTRIES = 100;

/** Remembers what was passed over: the first places one by one, all of them by number. */
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

  /** Adds a place. One that was met before, by another reader, is not counted again while places are remembered. */
  add(kind: Damage['kind'], offset: number, length: number, reason: string): void {
    const key = `${kind} ${offset} ${reason}`;
    if (this.#seen.has(key)) return;
    this.#count++;
    if (this.#entries.length >= MAX_ENTRIES) return;
    this.#seen.add(key);
    this.#entries.push({ kind, offset, length, reason });
  }
}
