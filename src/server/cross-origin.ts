import type { FastifyInstance } from 'fastify';
import { RequestError } from '../errors.js';

/** What a page of another origin may read of an answer, beside what it always may: Fetch standard, section 3.3. */
const EXPOSED = [
  'Accept-Ranges',
  'Content-Length',
  'Content-Range',
  'ETag',
  'Retry-After',
  'Server-Timing',
  'X-Request-Id',
  'X-Segmint-Source-Duration-Ms',
  'X-Segmint-Start-Ms',
].join(', ');

/** What players set on their requests that a page may not set unasked. */
const REQUEST_HEADERS =
  'Authorization, Range, If-Range, If-None-Match, If-Modified-Since, Cache-Control, Pragma';

/** How long a browser need not ask again, in seconds: a day, of which Chromium takes two hours. */
const PREFLIGHT_SECONDS = '86400';

/**
 * Lets pages of other origins read what is served: Cross-Origin Resource Sharing. Without it a browser hands them
 * nothing.
 * @param app - the server.
 * @param origins - which ones, as browsers send them: `https://player.example`; `*` among them means every origin.
 * @see Fetch standard, section 3.3 (CORS protocol)
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const isAny = origins.includes('*');
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    const isAllowed = isAny || (origin !== undefined && allowed.has(origin));
    // Set on the answer itself: those that are sent past the framework carry them too.
    if (!isAny) reply.raw.appendHeader('vary', 'Origin');
    if (isAllowed) {
      reply.raw.setHeader('access-control-allow-origin', isAny ? '*' : origin!);
      reply.raw.setHeader('access-control-expose-headers', EXPOSED);
      reply.raw.setHeader('cross-origin-resource-policy', 'cross-origin');
      // How long it took, and why: Resource Timing, section 4.5.
      reply.raw.setHeader('timing-allow-origin', isAny ? '*' : origin!);
    }
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      done();
      return;
    }
    if (!isAllowed) throw new RequestError('This origin may not read what is served here.', 'forbidden');
    reply.raw.setHeader('access-control-allow-methods', 'GET, HEAD');
    reply.raw.setHeader('access-control-allow-headers', REQUEST_HEADERS);
    reply.raw.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
    void reply.status(204).send();
  });
}
