import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from '../errors.js';
import type { ServerMetrics } from './metrics.js';
import type { Readiness } from './readiness.js';
import { isOwn } from './request-limits.js';

/** Who may read the metrics of a server that asks for no key. */
export type MetricsAudience = 'local' | 'all' | 'none';

/** What the routes for those who run a server work with. */
export interface OperationsRouteOptions {
  readonly readiness: Readiness;
  readonly metrics: ServerMetrics;
  readonly audience: MetricsAudience;
  /** Whether whoever gets this far has shown a key. */
  readonly isRestricted: boolean;
  /** What the server says of itself when it is asked whether it lives. */
  readonly health: () => object;
}

/** Adds `GET /healthz`, `/readyz` and `/metrics`. */
export function addOperationsRoutes(app: FastifyInstance, options: OperationsRouteOptions): void {
  const { readiness, metrics, audience } = options;
  const open = { config: { access: 'open' } } as const;
  app.get('/healthz', open, async (_request, reply) => {
    return await reply.header('cache-control', 'no-store').send(options.health());
  });
  app.get('/readyz', open, async (_request, reply) => {
    const report = await readiness.report();
    reply.status(report.status === 'ready' ? 200 : 503).header('cache-control', 'no-store');
    return await reply.send(report);
  });
  if (audience === 'none') return;
  // Whom the address lets in is judged here; behind a key, that has been judged.
  app.get('/metrics', async (request, reply) => {
    if (audience === 'local' && !options.isRestricted && !isAskedLocally(request)) {
      throw new RequestError(
        'The metrics are shown to this machine alone; --metrics all shows them.',
        'forbidden',
      );
    }
    const text = await metrics.registry.metrics();
    return await reply.header('cache-control', 'no-store').type(metrics.registry.contentType).send(text);
  });
}

/** A request that a proxy on this machine hands on comes from elsewhere. */
function isAskedLocally({ headers, ip }: FastifyRequest): boolean {
  const isHandedOn = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
  return !isHandedOn && isOwn(ip);
}
