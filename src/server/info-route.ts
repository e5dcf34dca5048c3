import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { SegmentService } from '../delivery/segment-service.js';
import type { Source } from '../media/source.js';
import { summarizeHls } from './hls-summary.js';
import type { Library, LibraryFile } from './library.js';
import type { MediaService } from './media-service.js';
import { parsePlayerQuery } from './player-query.js';

/** How many descriptions are kept; the least recently used ones go first. */
const MAX_KEPT = 1000;

/** How long the description waits for what has to be opened to know about HLS: a file without an index is scanned. */
const HLS_PATIENCE_MS = 1500;

/**
 * Adds `GET /library.json` and `GET /m/<ref>/info.json`.
 * @param app - the server.
 * @param library - what is listed and described.
 * @param media - describes it.
 * @param segments - says what it is as HLS; without it nothing is said of that.
 */
export function addInfoRoutes(
  app: FastifyInstance,
  library: Library,
  media: MediaService,
  segments: SegmentService | undefined,
): void {
  const descriptions = new DescriptionCache(media);

  app.get('/library.json', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return await library.list();
  });

  app.get<{ Params: { ref: string }; Querystring: Record<string, unknown> }>(
    '/m/:ref/info.json',
    async (request, reply) => {
      const file = await library.resolve(request.params.ref);
      const target = parsePlayerQuery(request.query);
      // A list of many files wants to know little of each: HLS would have to read each one's index.
      const isHlsWanted = request.query['hls'] !== 'none';
      const [description, hls] = await Promise.all([
        descriptions.get(file),
        isHlsWanted && segments
          ? summarizeHls(file.subject, segments, target, HLS_PATIENCE_MS, leavingSignal(reply.raw))
          : undefined,
      ]);
      reply.header('cache-control', 'no-cache');
      return { ref: file.ref, name: file.name, ...description, ...(hls && { hls }) };
    },
  );
}

/** Aborted when the client leaves before it is answered; one that was told to ask again may find the work done. */
function leavingSignal(response: ServerResponse): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort();
  });
  return leaving.signal;
}

/** Descriptions by the identity of their source; several requests for one share the work. */
class DescriptionCache {
  readonly #media: MediaService;
  readonly #kept = new Map<string, Promise<object>>();

  constructor(media: MediaService) {
    this.#media = media;
  }

  async get(file: LibraryFile): Promise<object> {
    await using source = await file.subject.open(undefined);
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
