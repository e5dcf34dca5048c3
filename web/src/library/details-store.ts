// What is known of the items in view: asked for several at a time, and only while they are in view.
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { fetchDetails, type ItemDetails, type LibraryItem } from '../shared/api.js';
import { Turns } from '../shared/turns.js';
import { isRefusal, Problem } from '../shared/words.js';

/** Items of one request: the first ones are shown before the last ones are known. */
const BATCH = 8;

/** Cards come into view in bunches, in milliseconds. */
const GATHER_MS = 40;

interface Wanted {
  readonly ref: string;
  readonly known: Signal<ItemDetails | undefined>;
  /** How many cards show it. */
  users: number;
}

/** How long to wait for a server that is not there, in milliseconds: at first, and at most. */
const AGAIN_MS = { first: 2000, most: 10_000 };

/** What is shown of items beside their names, by the item and the time it changed. */
export class DetailsStore {
  readonly #known = new Map<string, Wanted>();
  readonly #queue = new Set<Wanted>();
  readonly #turns = new Turns(2);
  #isGathering = false;
  #againMs = AGAIN_MS.first;

  /** What is known of an item so far. */
  of(item: LibraryItem): ReadonlySignal<ItemDetails | undefined> {
    return this.#wanted(item).known;
  }

  /**
   * Asks for what is not known of an item.
   * @returns says that nobody wants to know it any more.
   */
  want(item: LibraryItem): () => void {
    const wanted = this.#wanted(item);
    wanted.users++;
    if (wanted.known.peek() === undefined) {
      this.#queue.add(wanted);
      this.#askIn(GATHER_MS);
    }
    return () => {
      wanted.users--;
      if (wanted.users === 0) this.#queue.delete(wanted);
    };
  }

  #wanted(item: LibraryItem): Wanted {
    const key = `${item.ref} ${item.modifiedMs} ${item.size}`;
    const wanted = this.#known.get(key) ?? { ref: item.ref, known: signal(undefined), users: 0 };
    this.#known.set(key, wanted);
    return wanted;
  }

  #askIn(ms: number): void {
    if (!this.#isGathering) setTimeout(() => this.#ask(), ms);
    this.#isGathering = true;
  }

  #ask(): void {
    this.#isGathering = false;
    for (let left = this.#queue.size; left > 0; left -= BATCH) void this.#askSome();
  }

  async #askSome(): Promise<void> {
    const end = await this.#turns.take(new AbortController().signal);
    // Chosen only now: some may have been scrolled away.
    const batch = [...this.#queue].slice(0, BATCH);
    for (const wanted of batch) this.#queue.delete(wanted);
    try {
      if (batch.length === 0) return;
      const details = await fetchDetails(batch.map(({ ref }) => ref));
      for (const { ref, known } of batch) known.value = details[ref] ?? {};
      this.#againMs = AGAIN_MS.first;
    } catch (error) {
      // A server that is away or busy may be there again while the cards are still in view.
      if (error instanceof Problem && isRefusal(error.failure)) return;
      for (const wanted of batch) if (wanted.users > 0) this.#queue.add(wanted);
      if (this.#queue.size > 0) this.#askIn(this.#againMs);
      this.#againMs = Math.min(2 * this.#againMs, AGAIN_MS.most);
    } finally {
      end();
    }
  }
}
