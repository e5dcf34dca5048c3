import { LRUCache } from 'lru-cache';
import type { LibraryFile } from './library.js';
import type { MediaExtras, MediaService } from './media-service.js';
import type { Source } from '../media/source.js';

/** How many descriptions are kept; the least recently used ones go first. */
const MAX_KEPT = 1000;

/** Descriptions by the identity of their source; several requests for one share the work. */
export class DescriptionCache {
  readonly #media: MediaService;
  readonly #kept = new LRUCache<string, Promise<object & MediaExtras>>({ max: MAX_KEPT });

  /** @param media - describes. */
  constructor(media: MediaService) {
    this.#media = media;
  }

  /**
   * Describes a file as it is now.
   * @throws as opening and describing it do.
   */
  async get(file: LibraryFile): Promise<object & MediaExtras> {
    await using source = await file.subject.open(undefined);
    return await this.describe(source);
  }

  /** Describes an open source. */
  describe(source: Source): Promise<object & MediaExtras> {
    const key = source.identity;
    if (key === undefined) return this.#media.describe(source, {});
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const description = this.#media.describe(source, {});
    this.#kept.set(key, description);
    // A failure may have passed by the next time.
    description.catch(() => this.#kept.delete(key));
    return description;
  }
}
