import type { FastifyInstance } from 'fastify';
import type { LoopTurns } from './loop-turns.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Spreads over turns of the event loop what comes all at once. */
    readonly turns: LoopTurns;
  }
}

/**
 * Has each request wait for its turn before anything is done for it.
 * @param app - the server; what each request must have done for it even if it leaves at once has been added before.
 * @param turns - shares out the event loop.
 */
export function takeTurns(app: FastifyInstance, turns: LoopTurns): void {
  app.decorate('turns', turns);
  app.addHook('onRequest', (_request, reply, done) => {
    turns.run(() => {
      // Who has left meanwhile is not told anything, and what announces that is over.
      if (!reply.raw.destroyed) done();
    });
  });
}
