import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { isNoneMatchMet, tagOfText } from './entity-tag.js';
import type { Library } from './library.js';
import { pageHeaders } from './page-headers.js';
import { addShortForm } from './short-form-route.js';

const SCRIPT = 'text/javascript; charset=utf-8';
/** The player library, from its package: the page loads nothing from elsewhere. */
const LIBRARY = fileURLToPath(import.meta.resolve('hls.js/dist/hls.min.mjs'));

/** The page's files, below `web/` save for one, with their addresses. */
const FILES = [
  { urls: ['/', '/m/:ref/play'], file: 'index.html', type: 'text/html; charset=utf-8' },
  { urls: ['/assets/style.css'], file: 'style.css', type: 'text/css; charset=utf-8' },
  { urls: ['/assets/page.js'], file: 'page.js', type: SCRIPT },
  { urls: ['/assets/player.js'], file: 'player.js', type: SCRIPT },
  { urls: ['/assets/abilities.js'], file: 'abilities.js', type: SCRIPT },
  { urls: ['/assets/hls-player.js'], file: 'hls-player.js', type: SCRIPT },
  { urls: ['/assets/stream-player.js'], file: 'stream-player.js', type: SCRIPT },
  { urls: ['/assets/place.js'], file: 'place.js', type: SCRIPT },
  { urls: ['/assets/words.js'], file: 'words.js', type: SCRIPT },
  { urls: ['/assets/hls.js'], file: LIBRARY, type: SCRIPT },
] as const;

/**
 * Adds the library and player page, and the page that plays one item: `GET /m/<ref>/play`, with its short form
 * `GET /play?src=`. Its files are read once.
 * @param app - the server.
 * @param library - finds what short forms name.
 * @param folder - holds the files.
 * @param embedders - origins whose pages may frame the page.
 */
export async function addPageRoutes(
  app: FastifyInstance,
  library: Library,
  folder: string,
  embedders: readonly string[],
): Promise<void> {
  const policy = pageHeaders(embedders);
  for (const { urls, file, type } of FILES) {
    const body = await readFile(resolve(folder, file), 'utf8');
    const tag = tagOfText(body);
    for (const url of urls) {
      // The program's own files are the same everywhere, and tell nothing.
      const config = url.startsWith('/assets/') ? { access: 'open' as const } : {};
      app.get(url, { config }, async (request, reply) => {
        reply.headers(policy).header('cache-control', 'no-cache').header('etag', tag);
        if (isNoneMatchMet(request.headers['if-none-match'], tag)) return await reply.status(304).send();
        return await reply.header('content-type', type).send(body);
      });
    }
  }
  addShortForm(app, library, 'play');
}
