import { LRUCache } from 'lru-cache';
import type { SegmentStore } from '../delivery/segment-store.js';
import { abortable } from '../io/abortable.js';
import type { Source } from '../media/source.js';
import { deriveVersion, digestIdentity } from '../pipelines/segment/source-version.js';
import type { DescriptionCache } from './description-cache.js';
import { detailsOf, type ItemDetails } from './item-details.js';
import type { LibraryFile } from './library.js';
import { hasPictureBeside } from './picture-files.js';

/** Details are small: those of a large library fit into some megabytes. */
const MAX_KEPT = 50_000;

/** Files that are looked into at a time: someone may be watching from the same disk. */
const AT_ONCE = 3;

/**
 * Finds out the details of items, a few at a time, each once for as long as it stays the same: in memory, and in a store where
 * there is one.
 */
export class DetailsReader {
  readonly #descriptions: DescriptionCache;
  readonly #store: SegmentStore | undefined;
  /** Each of size 1: `max` would take a megabyte before the first is kept. */
  readonly #kept = new LRUCache<string, ItemDetails>({ maxSize: MAX_KEPT, sizeCalculation: () => 1 });
  readonly #waiting = new Set<() => void>();
  #running = 0;

  /**
   * @param descriptions - where details are taken from.
   * @param store - keeps them beyond the end of the program; not owned. A store that fails costs time only.
   */
  constructor(descriptions: DescriptionCache, store: SegmentStore | undefined) {
    this.#descriptions = descriptions;
    this.#store = store;
  }

  /**
   * Gives the details of a file as it is now.
   * @param file - the file.
   * @param signal - ends the waiting; a description that has begun is finished for the next who asks.
   * @throws as opening and describing it do.
   */
  async read(file: LibraryFile, signal: AbortSignal): Promise<ItemDetails> {
    await this.#enter(signal);
    const reading = this.#readAll(file, signal);
    const leave = (): void => this.#leave();
    reading.then(leave, leave);
    return await abortable(reading, signal);
  }

  async #readAll(file: LibraryFile, signal: AbortSignal): Promise<ItemDetails> {
    const details = await this.#read(file, signal);
    if (details.hasPoster) return details;
    // Whatever the file holds: somebody may have laid one beside it, and take it away.
    return { ...details, hasPoster: await hasPictureBeside(file) };
  }

  async #read(file: LibraryFile, signal: AbortSignal): Promise<ItemDetails> {
    await using source = await file.subject.open(signal);
    const key = keyOf(source);
    if (key === undefined) return detailsOf(await this.#descriptions.describe(source));
    const kept = this.#kept.get(key) ?? (await this.#load(key));
    const details = kept ?? detailsOf(await this.#descriptions.describe(source));
    this.#kept.set(key, details);
    if (kept === undefined) await this.#save(key, details);
    return details;
  }

  async #load(key: string): Promise<ItemDetails | undefined> {
    try {
      const bytes = await this.#store?.get(key);
      return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as ItemDetails);
    } catch {
      return undefined;
    }
  }

  async #save(key: string, details: ItemDetails): Promise<void> {
    try {
      await this.#store?.put(key, [new TextEncoder().encode(JSON.stringify(details))]);
    } catch {
      // They are found out again.
    }
  }

  /** Waits for a place, in order. */
  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < AT_ONCE) {
      this.#running++;
      return;
    }
    let admit = (): void => undefined;
    const admitted = new Promise<void>((resolve) => (admit = resolve));
    this.#waiting.add(admit);
    try {
      await abortable(admitted, signal);
    } catch (error) {
      // Whoever was given a place and has left at the same time hands it on.
      if (!this.#waiting.delete(admit)) this.#leave();
      throw error;
    }
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#running--;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}

/** Names the details of a source, as this build of the program finds them. */
function keyOf({ identity }: Source): string | undefined {
  if (identity === undefined) return undefined;
  return `${digestIdentity(identity)}/details-${deriveVersion(identity, {})}`;
}
