import { setMaxListeners } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { RequestError } from '../errors.js';
import { leavingSignal } from './client-leaving.js';
import type { DetailsReader } from './details-reader.js';
import { errorResponse } from './error-response.js';
import type { CatalogueListing, LibraryCatalogue } from './library-catalogue.js';
import type { Library } from './library.js';
import { SendableText } from './send-text.js';

/** What the routes of the library work with. */
export interface LibraryRouteOptions {
  readonly library: Library;
  /** Its listing. */
  readonly catalogue: LibraryCatalogue;
  /** Looks into its items. */
  readonly details: DetailsReader;
}

/** Items whose details may be asked for at once: a screen of them, in two or three requests. */
const MAX_DETAILS = 32;

/**
 * Adds `GET /library.json` and `GET /library/details`.
 * @param app - the server.
 * @param options - what is listed.
 */
export function addLibraryRoutes(
  app: FastifyInstance,
  { library, catalogue, details }: LibraryRouteOptions,
): void {
  // A listing is sent many times before it changes.
  const texts = new WeakMap<CatalogueListing, SendableText>();

  app.get('/library.json', async (_request, reply) => {
    const listing = await catalogue.list();
    const text = texts.get(listing) ?? textOf(listing, library);
    texts.set(listing, text);
    await text.send(reply, !listing.isScanning);
    return reply;
  });

  app.get<{ Querystring: { refs?: unknown } }>('/library/details', async (request, reply) => {
    const refs = parseRefs(request.query.refs);
    const signal = leavingSignal(reply);
    // Each item that waits listens; they are no leak.
    setMaxListeners(4 * MAX_DETAILS, signal);
    const found = await Promise.all(
      refs.map(async (ref) => {
        try {
          return [ref, await details.read(await library.resolve(ref), signal)] as const;
        } catch (error) {
          signal.throwIfAborted();
          return [ref, { problem: errorResponse(error).body.error.message }] as const;
        }
      }),
    );
    reply.header('cache-control', 'no-store');
    return { items: Object.fromEntries<object>(found) };
  });
}

function textOf(listing: CatalogueListing, library: Library): SendableText {
  const text = JSON.stringify({ ...listing, remote: library.remote });
  return new SendableText(text, 'application/json; charset=utf-8');
}

function parseRefs(value: unknown): readonly string[] {
  const refs = typeof value === 'string' && value !== '' ? value.split(',', MAX_DETAILS + 1) : [];
  if (refs.length === 0 || refs.length > MAX_DETAILS) {
    throw new RequestError(`refs is a list of 1 to ${MAX_DETAILS} references with commas.`);
  }
  return [...new Set(refs)];
}
