import type { Socket } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import { OverloadedError, RequestError } from '../errors.js';
import { isLoopback } from './host-guard.js';
import type { TrustProxy } from './trusted-proxies.js';

/** How much of the server one address may take. This machine's own, where a proxy may stand, is not limited by itself. */
export interface ClientLimits {
  /** Connections from all addresses; what comes above them is closed at once. 4096 by default. */
  readonly maxConnections?: number;
  /** Connections from one address; 256 by default. */
  readonly maxConnectionsPerAddress?: number;
  /** Requests of one address in a minute that may open a source or list the library; 600 by default. */
  readonly maxOpensPerMinute?: number;
}

/** What the framework and Node are told when the server is built. All times are milliseconds. */
export const SERVER_LIMITS = {
  /** A request has to have come within this time, however slowly: what takes longer is no player. */
  requestTimeout: 30_000,
  /** Idle connections are kept longer than proxies keep them, so that none is closed while a request is on its way. */
  keepAliveTimeout: 75_000,
  maxRequestsPerSocket: 10_000,
  http: {
    headersTimeout: 20_000,
    connectionsCheckingInterval: 5000,
    /** Bytes of the request line and all headers. */
    maxHeaderSize: 16 * 1024,
  },
} as const;

/** The longest path and query: a `<ref>` or `src` of the longest path, and then some. */
const MAX_URL = 12 * 1024;
const MAX_PARAMETERS = 64;
/** Browsers and proxies send some 30. */
const MAX_HEADERS = 100;

const DEFAULTS = { maxConnections: 4096, maxConnectionsPerAddress: 256, maxOpensPerMinute: 600 };
const MINUTE_MS = 60_000;

/** Routes that walk the library, or open a source that may not be open yet: those of one file of an item. */
const OPENING =
  /^\/(?:library\.json|library\/details|m\/:ref\/[^/]+|m\/:ref\/(?:subtitles|thumbnails|attachments)\/.+)$/;

/** Playlists and segments: for all of one item a source is opened once. */
const PLAYING = '/m/:ref/:rendition/:file';
/** Characters of addresses and items that are remembered for a minute. */
const REMEMBERED_CHARACTERS = 4 << 20;

/**
 * Refuses requests that nothing here is made for: other methods than GET and HEAD, bodies, addresses of any length.
 * @param app - the server; whatever answers to `OPTIONS` has been added before.
 */
export function refuseUnfit(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      reply.raw.setHeader('allow', 'GET, HEAD');
      refuse(reply, 405, 'Only GET and HEAD are answered here.');
    } else if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) {
      refuse(reply, 413, 'A request has no body here.');
    } else if (request.raw.rawHeaders.length > 2 * MAX_HEADERS) {
      refuse(reply, 431, `A request has ${MAX_HEADERS} headers at most.`);
    } else if (request.url.length > MAX_URL) {
      refuse(reply, 414, 'The address is too long.');
    } else if (countParameters(request.url) > MAX_PARAMETERS) {
      throw new RequestError(`A query has ${MAX_PARAMETERS} parameters at most.`);
    } else done();
  });
}

/** Answers without reading what may still be on its way. */
function refuse(reply: FastifyReply, status: number, message: string): void {
  reply.raw.setHeader('connection', 'close');
  void reply
    .status(status)
    .header('cache-control', 'no-store')
    .send({ error: { code: 'bad_request', message } });
}

function countParameters(url: string): number {
  const start = url.indexOf('?');
  return start < 0 ? 0 : url.slice(start + 1).split('&', MAX_PARAMETERS + 1).length;
}

/**
 * Limits what one address may take.
 * @param app - the server.
 * @param limits - how much; the defaults suit a household, and let the page list a large library.
 * @param isProxy - tells proxies, whose connections are those of many.
 */
export async function limitClients(
  app: FastifyInstance,
  limits: ClientLimits,
  isProxy: TrustProxy,
): Promise<void> {
  const { maxConnections, maxConnectionsPerAddress, maxOpensPerMinute } = { ...DEFAULTS, ...limits };
  app.server.maxConnections = maxConnections;
  const connections = new Map<string, number>();
  const surplus = new WeakSet<Socket>();
  app.server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || isOwn(remoteAddress) || isProxy(remoteAddress)) return;
    const count = (connections.get(remoteAddress) ?? 0) + 1;
    connections.set(remoteAddress, count);
    socket.once('close', () => {
      const left = connections.get(remoteAddress)! - 1;
      if (left === 0) connections.delete(remoteAddress);
      else connections.set(remoteAddress, left);
    });
    if (count > maxConnectionsPerAddress) surplus.add(socket);
    // Those who wait for an answer are told; those who only connect are not waited for.
    if (count > 2 * maxConnectionsPerAddress) socket.destroy();
  });

  await app.register(rateLimit, { global: false, max: maxOpensPerMinute, timeWindow: MINUTE_MS });
  const countOpening = app.createRateLimit();
  const playing = createPlayingMemory();
  app.addHook('onRequest', async (request, reply) => {
    if (surplus.has(request.raw.socket)) {
      reply.raw.setHeader('connection', 'close');
      throw new OverloadedError(`An address may have ${maxConnectionsPerAddress} connections at a time.`, {
        context: { isClient: true },
      });
    }
    const { routeOptions, params, ip } = request;
    const { url = '' } = routeOptions;
    if (isOwn(ip) || (url !== PLAYING && !OPENING.test(url))) return;
    const played = url === PLAYING ? `${ip} ${(params as { ref: string }).ref}` : undefined;
    if (played !== undefined && playing.has(played)) return;
    const count = await countOpening(request);
    if (count.isAllowed || !count.isExceeded) {
      if (played !== undefined) playing.set(played, true);
      return;
    }
    throw new OverloadedError('This address asks for too much in a minute; try again later.', {
      context: { isClient: true },
    });
  });
}

/** Who plays which item: it is open, and what else is asked of it counts no more. Those who go on are kept. */
function createPlayingMemory(): LRUCache<string, true> {
  return new LRUCache({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_, key) => key.length,
    ttl: MINUTE_MS,
    updateAgeOnHas: true,
  });
}

/** Whether an address is this machine's own. Node writes IPv4 addresses as mapped ones where it listens on IPv6. */
export function isOwn(address: string): boolean {
  return isLoopback(address.replace(/^::ffff:(?=\d+\.)/i, ''));
}
