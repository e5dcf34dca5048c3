import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerFacts } from './metrics.js';
import { parseReference } from './reference.js';

/** Something of the library, as records show it. */
export interface LoggedItem {
  /** Its reference; of a URL, which may hold a key or a signature, a digest. */
  readonly ref: string;
  /** Its name. */
  readonly name: string;
}

/** Routes that are asked every few seconds and say nothing new: their records are for looking for a fault. */
const ROUTINE: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

const REQUEST_ID = /^[\w.:+/=@-]{1,128}$/;

/**
 * The id of a request in all records of it: that of a proxy before, where it is one, or a new one.
 * @param request - with its headers.
 */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/**
 * Writes a record of each request when its answer has ended, and tells its id to the client. The record has the route and
 * not the address: that may hold a key or a signature.
 * @param app - the server, which was built with {@link requestIdOf}; before its other hooks are added.
 * @param count - takes the facts, too.
 */
export function recordRequests(app: FastifyInstance, count: (facts: AnswerFacts) => void): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.setHeader('x-request-id', request.id);
    const begunAt = performance.now();
    // The answer may have lost its connection by its end.
    const { socket } = request.raw;
    const sentBefore = socket.bytesWritten;
    reply.raw.once('close', () => {
      const facts = factsOf(request, reply, socket.bytesWritten - sentBefore, performance.now() - begunAt);
      count(facts);
      const level = ROUTINE.has(facts.route) ? 'debug' : 'info';
      request.log[level](facts, 'request answered');
    });
    done();
  });
}

/** Names an item in records. */
export function loggedItem({ ref, name }: LoggedItem): LoggedItem {
  if (!('url' in parseReference(ref))) return { ref, name };
  return { ref: `sha256:${createHash('sha256').update(ref).digest('hex').slice(0, 16)}`, name };
}

function factsOf(request: FastifyRequest, { raw }: FastifyReply, bytes: number, ms: number): AnswerFacts {
  return {
    route: request.routeOptions.url ?? 'none',
    method: request.method,
    // As nginx has it: the client left before there was a status.
    status: raw.headersSent ? raw.statusCode : 499,
    bytes,
    ms: Math.round(ms * 10) / 10,
    isWhole: raw.writableFinished,
  };
}
