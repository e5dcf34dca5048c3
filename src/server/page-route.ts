import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { isNoneMatchMet, tagOfText } from './entity-tag.js';

const SCRIPT = 'text/javascript; charset=utf-8';
/** The player library, from its package: the page loads nothing from elsewhere. */
const LIBRARY = fileURLToPath(import.meta.resolve('hls.js/dist/hls.min.mjs'));

/** The page's files, below `web/` save for one, with their addresses. */
const FILES = [
  { url: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/assets/style.css', file: 'style.css', type: 'text/css; charset=utf-8' },
  { url: '/assets/page.js', file: 'page.js', type: SCRIPT },
  { url: '/assets/player.js', file: 'player.js', type: SCRIPT },
  { url: '/assets/abilities.js', file: 'abilities.js', type: SCRIPT },
  { url: '/assets/hls-player.js', file: 'hls-player.js', type: SCRIPT },
  { url: '/assets/stream-player.js', file: 'stream-player.js', type: SCRIPT },
  { url: '/assets/words.js', file: 'words.js', type: SCRIPT },
  { url: '/assets/hls.js', file: LIBRARY, type: SCRIPT },
] as const;

/** The page loads nothing from elsewhere, runs no inline script and cannot be framed. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the library and player page. Its files are read once. */
export async function addPageRoutes(app: FastifyInstance, folder: string): Promise<void> {
  for (const { url, file, type } of FILES) {
    const body = await readFile(resolve(folder, file), 'utf8');
    const tag = tagOfText(body);
    app.get(url, async (request, reply) => {
      reply.header('content-security-policy', POLICY).header('cache-control', 'no-cache').header('etag', tag);
      if (isNoneMatchMet(request.headers['if-none-match'], tag)) return await reply.status(304).send();
      return await reply.header('content-type', type).send(body);
    });
  }
}
