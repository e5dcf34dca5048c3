import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** The page's files, below `web/`, with their addresses. */
const FILES = [
  { url: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/assets/style.css', file: 'style.css', type: 'text/css; charset=utf-8' },
  { url: '/assets/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { url: '/assets/player.js', file: 'player.js', type: 'text/javascript; charset=utf-8' },
  { url: '/assets/stream-player.js', file: 'stream-player.js', type: 'text/javascript; charset=utf-8' },
  { url: '/assets/words.js', file: 'words.js', type: 'text/javascript; charset=utf-8' },
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
    const body = await readFile(join(folder, file));
    app.get(url, async (_request, reply) => {
      return await reply
        .header('content-type', type)
        .header('content-security-policy', POLICY)
        .header('cache-control', 'no-cache')
        .send(body);
    });
  }
}
