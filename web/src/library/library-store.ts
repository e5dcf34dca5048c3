// What the library holds, kept right: the server tells of news, and they are asked for.
import { computed, signal } from '@preact/signals';
import { fetchLibrary, type LibraryListing } from '../shared/api.js';
import { Problem } from '../shared/words.js';
import { buildTree } from './folder-tree.js';
import { SearchIndex } from './search-index.js';

/** What is known of the library. */
export type LibraryState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: string }
  | { readonly state: 'ready'; readonly listing: LibraryListing };

/** How long until the server is asked again that did not answer, in milliseconds. */
const RETRY_MS = 5000;

/** Network folders tell the server of no changes; it looks at them when it is asked, at most this often in milliseconds. */
const LOOK_MS = 5 * 60_000;

/** The library, as the page knows it. */
export class LibraryStore {
  readonly #state = signal<LibraryState>({ state: 'loading' });
  readonly #isLost = signal(false);
  readonly #listing = computed(() =>
    this.#state.value.state === 'ready' ? this.#state.value.listing : EMPTY,
  );
  /** Its folders. */
  readonly tree = computed(() => buildTree(this.#listing.value));
  /** For searching. */
  readonly index = computed(() => new SearchIndex(this.tree.value, this.#listing.value.items));
  /** Its items by their references. */
  readonly byRef = computed(() => new Map(this.#listing.value.items.map((item) => [item.ref, item])));
  #asking: AbortController | undefined;

  /** What is known of it. */
  get state(): LibraryState {
    return this.#state.value;
  }

  /** What it lists; nothing until that is known. */
  get listing(): LibraryListing {
    return this.#listing.value;
  }

  /** Whether the server has not answered lately; what is shown may be old. */
  get isLost(): boolean {
    return this.#isLost.value;
  }

  /** Asks the server what there is. */
  async load(): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const listing = await fetchLibrary(asking.signal);
      if (asking.signal.aborted) return;
      this.#isLost.value = false;
      this.#state.value = { state: 'ready', listing };
    } catch (error) {
      if (asking.signal.aborted) return;
      const problem = error instanceof Problem ? error.message : 'The server does not answer.';
      this.#isLost.value = true;
      if (this.#state.value.state !== 'ready') this.#state.value = { state: 'failed', problem };
    }
  }

  /**
   * Loads the library, and follows its changes for as long as the page is seen.
   * @returns ends that.
   */
  follow(): () => void {
    let events: EventSource | undefined;
    const listen = (): void => {
      events?.close();
      events = undefined;
      if (document.hidden) return;
      events = new EventSource('/library/events');
      // Whatever came before it was open has been missed.
      events.addEventListener('open', () => void this.load());
      // The server may be gone, which this finds out.
      events.addEventListener('error', () => void this.load());
      events.addEventListener('changed', () => void this.load());
    };
    const look = setInterval(() => {
      if (!document.hidden) void this.load();
    }, LOOK_MS);
    const retry = setInterval(() => {
      // A browser gives up on events that were once refused.
      if (!document.hidden && events?.readyState === EventSource.CLOSED) listen();
      if (!document.hidden && this.#isLost.value) void this.load();
    }, RETRY_MS);
    document.addEventListener('visibilitychange', listen);
    void this.load();
    listen();
    return () => {
      events?.close();
      this.#asking?.abort();
      clearInterval(look);
      clearInterval(retry);
      document.removeEventListener('visibilitychange', listen);
    };
  }
}

const EMPTY: LibraryListing = { items: [], folders: [], isTruncated: false };
