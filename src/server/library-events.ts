import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import type { ActiveStreams } from './active-streams.js';
import type { LibraryCatalogue } from './library-catalogue.js';

/** Proxies close a connection on which nothing is said for a minute. */
const HEARTBEAT_MS = 25_000;

/** What may wait for a client that does not read: it is told so little that it is none. */
const MAX_WAITING_BYTES = 16 * 1024;

/**
 * Adds `GET /library/events`: server-sent events that tell when the library's listing has become another one.
 * @param app - the server.
 * @param catalogue - tells of it.
 * @param listeners - counts who listens, limits them, and ends them with the server.
 * @see HTML standard, section 9.2 (Server-sent events)
 */
export function addLibraryEvents(
  app: FastifyInstance,
  catalogue: LibraryCatalogue,
  listeners: ActiveStreams,
): void {
  // They have no end: there is nothing to tell of them in advance.
  app.get('/library/events', { exposeHeadRoute: false }, async (_request, reply) => {
    await listeners.run(async ({ signal }) => {
      reply.hijack();
      await tell(reply.raw, catalogue, signal);
    });
  });
}

async function tell(
  response: ServerResponse,
  catalogue: LibraryCatalogue,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // nginx would hold back what is to be told at once.
    'x-accel-buffering': 'no',
  });
  const say = (text: string): void => {
    if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
    else response.write(text);
  };
  say('retry: 3000\n\n');
  const end = catalogue.subscribe(() => say(`event: changed\ndata: ${catalogue.size}\n\n`));
  const heartbeat = setInterval(() => say(':\n\n'), HEARTBEAT_MS).unref();
  try {
    await once(response, 'close', { signal });
  } catch {
    // The server ends.
    response.end();
  } finally {
    clearInterval(heartbeat);
    end();
  }
}
