import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from '../errors.js';
import type { ApiKeys } from './auth-keys.js';
import { verifySignature, type LinkGrant, type LinkSecret } from './signed-link.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may ask for a route of a server that has keys or secrets. `open`: everyone. `src`: who has a signature for what
     * `src` names, which the route checks by {@link FastifyRequest.grantFor}. Who has a key, or a signature for the item, by default.
     */
    readonly access?: 'open' | 'src';
  }
  interface FastifyInstance {
    /** Who may keep what is sent: `private` where a key or a signature is needed, so that no cache hands it to others. */
    readonly cacheScope: 'public' | 'private';
  }
  interface FastifyRequest {
    /** Whom the signed link was made for by which this was asked; undefined when there is none, or it does not say. */
    subject: string | undefined;
    /**
     * Where a request with a signature for an item leads, when it is one for a short form: what stands before `/m/` in the
     * item's address.
     * @param ref - the item that `src` has turned out to be; undefined when it is none.
     * @throws {RequestError} when the request has neither a key nor a signature for it.
     */
    grantFor(ref: string | undefined): string;
  }
}

/** Who may ask for what. Without keys and secrets everyone may ask for everything. */
export interface AccessPolicy {
  /** Open everything. */
  readonly keys: ApiKeys;
  /** Links that were signed with one of them open one item. */
  readonly secrets: readonly LinkSecret[];
  /** Milliseconds since 1970; the system's clock by default. */
  readonly now?: () => number;
}

/** Whether requests need a key or a signature. */
export function isRestricted({ keys, secrets }: AccessPolicy): boolean {
  return keys.size > 0 || secrets.length > 0;
}

const SIGNED = /^\/s\/([^/?]{1,400})(?=\/m\/)/;
const signatures = new WeakMap<IncomingMessage, string>();

/**
 * Takes a signature out of the path of a request, so that routes and records see the address of the item alone.
 * @param request - remembered with its signature.
 * @returns the path and query without it.
 */
export function takeSignature(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const [prefix = '', signature] = SIGNED.exec(url) ?? [];
  if (signature !== undefined) signatures.set(request, signature);
  return url.slice(prefix.length);
}

/**
 * Lets only those through who have a key or a signed link. Every route is closed that does not say otherwise, those that
 * do not exist too.
 * @param app - the server, which was built with {@link takeSignature}.
 * @param policy - keys and secrets.
 */
export function guardAccess(app: FastifyInstance, policy: AccessPolicy): void {
  const verify = (signature: string, ref: string): LinkGrant =>
    verifySignature(policy.secrets, signature, ref, (policy.now ?? Date.now)());
  app.decorate('cacheScope', isRestricted(policy) ? 'private' : 'public');
  app.decorateRequest('subject', undefined);
  app.decorateRequest('grantFor', function (this: FastifyRequest, ref) {
    const signature = signatureInQuery(this);
    if (!isRestricted(policy) || policy.keys.isIn(this.headers.authorization)) return '';
    if (signature === undefined) throw missing();
    // No item has an empty reference: what is absent looks like what the signature is not for.
    verify(signature, ref ?? '');
    return `/s/${signature}`;
  });
  if (!isRestricted(policy)) return;

  app.addHook('onRequest', (request, reply, done) => {
    const { access, url = '' } = { ...request.routeOptions.config, url: request.routeOptions.url };
    if (access === 'open' || policy.keys.isIn(request.headers.authorization)) {
      done();
      return;
    }
    const { ref } = (request.params ?? {}) as { ref?: string };
    const inPath = signatures.get(request.raw);
    const inQuery = signatureInQuery(request);
    if (access === 'src' && inQuery !== undefined) done();
    else if (inPath !== undefined && ref !== undefined && url.startsWith('/m/:ref/')) {
      request.subject = verify(inPath, ref).subject;
      done();
    } else if (inQuery !== undefined && ref !== undefined && url.startsWith('/m/:ref/')) {
      verify(inQuery, ref);
      // What the answer names is relative to its address: the signature has to stand in the path.
      void reply.redirect(`/s/${inQuery}${withoutSignature(request.url)}`, 302);
    } else {
      if (policy.keys.size > 0) reply.raw.setHeader('www-authenticate', CHALLENGES);
      throw missing();
    }
  });
}

/** Browsers ask people for the key where they are offered the second, on a line of its own. @see RFC 9110, section 11.6.1 */
const CHALLENGES = ['Bearer realm="segmint"', 'Basic realm="segmint", charset="UTF-8"'];

/** The name of a signature in a query. */
export const SIGNATURE_PARAMETER = 'sig';

function signatureInQuery(request: FastifyRequest): string | undefined {
  const value = (request.query as Record<string, unknown>)[SIGNATURE_PARAMETER];
  return typeof value === 'string' ? value : undefined;
}

function withoutSignature(url: string): string {
  const [path = '', query] = url.split('?', 2);
  const rest = new URLSearchParams(query);
  rest.delete(SIGNATURE_PARAMETER);
  return rest.size === 0 ? path : `${path}?${rest.toString()}`;
}

function missing(): RequestError {
  return new RequestError('This server needs an API key or a signed link.', 'unauthorized');
}
