import type { FastifyInstance } from 'fastify';
import { openFile } from '../io/file.js';
import type { Source } from '../media/source.js';
import type { Library, LibraryFile } from './library.js';
import type { MediaService } from './media-service.js';

/** How many descriptions are kept; the least recently used ones go first. */
const MAX_KEPT = 1000;

/** Adds `GET /library.json` and `GET /m/<ref>/info.json`. */
export function addInfoRoutes(app: FastifyInstance, library: Library, media: MediaService): void {
  const descriptions = new DescriptionCache(media);

  app.get('/library.json', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return await library.list();
  });

  app.get<{ Params: { ref: string } }>('/m/:ref/info.json', async (request, reply) => {
    const file = await library.resolve(request.params.ref);
    reply.header('cache-control', 'no-cache');
    return { ref: file.ref, name: file.name, ...(await descriptions.get(file)) };
  });
}

/** Descriptions by the identity of their source; several requests for one share the work. */
class DescriptionCache {
  readonly #media: MediaService;
  readonly #kept = new Map<string, Promise<object>>();

  constructor(media: MediaService) {
    this.#media = media;
  }

  async get(file: LibraryFile): Promise<object> {
    await using source = await openFile(file.realPath, { name: file.name });
    return await this.#describe(source);
  }

  #describe(source: Source): Promise<object> {
    const key = source.identity;
    if (key === undefined) return this.#media.describe(source, {});
    const description = this.#kept.get(key) ?? this.#media.describe(source, {});
    this.#kept.delete(key);
    this.#kept.set(key, description);
    // A failure may have passed by the next time.
    description.catch(() => this.#kept.delete(key));
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MAX_KEPT && oldest.done !== true) this.#kept.delete(oldest.value);
    return description;
  }
}
