import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { takesCoding, type Coding } from './accept-encoding.js';
import { isNoneMatchMet, tagOfText } from './entity-tag.js';
import type { Library } from './library.js';
import { pageHeaders } from './page-headers.js';
import { addShortForm } from './short-form-route.js';

/** The media types of what the page consists of. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** Where the page stands, whatever it shows: it looks at its address. */
const ADDRESSES = ['/', '/m/:ref/play'];

/**
 * Adds the page: the library at `/`, and one item at `GET /m/<ref>/play`, with its short form `GET /play?src=`. Its files
 * are read once.
 * @param app - the server.
 * @param library - finds what short forms name.
 * @param folder - holds `index.html`, and in `assets/` files whose names change with what is in them.
 * @param embedders - origins whose pages may frame the page.
 */
export async function addPageRoutes(
  app: FastifyInstance,
  library: Library,
  folder: string,
  embedders: readonly string[],
): Promise<void> {
  const policy = pageHeaders(embedders);
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const tag = tagOfText(page);
  for (const url of ADDRESSES) {
    app.get(url, async (request, reply) => {
      reply.headers(policy).header('cache-control', 'no-cache').header('etag', tag);
      if (isNoneMatchMet(request.headers['if-none-match'], tag)) return await reply.status(304).send();
      return await reply.header('content-type', 'text/html; charset=utf-8').send(page);
    });
  }
  const names = await readdir(join(folder, 'assets'));
  for (const name of names.filter((each) => !(extname(each) in SUFFIXES))) {
    const asset = await readAsset(join(folder, 'assets'), name, names);
    // The program's own files are the same everywhere, and tell nothing.
    app.get(`/assets/${name}`, { config: { access: 'open' } }, async (request, reply) => {
      // A worker and what it may do go by the headers of its own script.
      reply.headers(policy).header('cache-control', 'public, max-age=31536000, immutable');
      reply.raw.appendHeader('vary', 'Accept-Encoding');
      const found = asset.find(
        ({ coding }) => coding === undefined || takesCoding(request.headers['accept-encoding'], coding),
      )!;
      if (found.coding !== undefined) reply.header('content-encoding', found.coding);
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return await reply.header('content-type', type).send(found.bytes);
    });
  }
  addShortForm(app, library, 'play');
}

/** What is made of a file when the page is bundled, in the order of preference. */
const SUFFIXES: Readonly<Record<string, Coding>> = { '.br': 'br', '.gz': 'gzip' };

/** One form of a file; without a coding, the file itself. */
interface AssetForm {
  readonly coding: Coding | undefined;
  readonly bytes: Uint8Array;
}

/** Reads all forms of a file, the one that is preferred first, and the file itself last. */
async function readAsset(
  folder: string,
  name: string,
  names: readonly string[],
): Promise<readonly AssetForm[]> {
  const forms = Object.entries(SUFFIXES).filter(([suffix]) => names.includes(name + suffix));
  return await Promise.all(
    [...forms, ['', undefined] as const].map(async ([suffix, coding]) => ({
      coding,
      bytes: await readFile(join(folder, name + suffix)),
    })),
  );
}
