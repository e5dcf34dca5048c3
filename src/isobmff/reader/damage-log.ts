import type { Damage } from '../../media/demuxer.js';
import { LIMITS } from './limits.js';

/** Remembers what was passed over: the first places one by one, all of them by number. */
export class DamageLog {
  readonly #entries: Damage[] = [];
  #count = 0;

  /** Places met so far, in the order in which they were met; bounded. */
  get entries(): readonly Damage[] {
    return this.#entries;
  }

  /** Number of places met so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds a place. One that was met before, when the same part was read earlier, is not counted again. */
  add(kind: Damage['kind'], offset: number, length: number, reason: string): void {
    const isKnown = (entry: Damage): boolean =>
      entry.kind === kind && (kind === 'truncated' || (entry.offset === offset && entry.reason === reason));
    if (this.#entries.some(isKnown)) return;
    this.#count++;
    // A truncated source must stay visible however damaged it is otherwise.
    if (this.#entries.length < LIMITS.damageEntries || kind === 'truncated') {
      this.#entries.push({ kind, offset, length, reason });
    }
  }
}
