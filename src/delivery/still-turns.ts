import { OverloadedError } from '../errors.js';
import type { TakeTurn } from '../pipelines/stills/take-turn.js';
import { Demand } from './demand.js';
import type { Scheduler } from './scheduler.js';

/**
 * Gives turns to work that nobody's playback waits for: each piece is done as what is made ahead is, only where there is
 * capacity to spare, and gives way to what a player waits for. It then waits for another turn.
 */
export class StillTurns {
  readonly #scheduler: Scheduler;

  /** @param scheduler - says what is done when. */
  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /**
   * Says when the pieces of one still are made.
   * @param viewer - who asked for it: viewers take turns.
   * @param signal - ends it.
   */
  of(viewer: string, signal: AbortSignal): TakeTurn {
    return async (kind, work) => {
      for (;;) {
        const yielding = new AbortController();
        const demand = new Demand(viewer, () => yielding.abort(gaveWay()));
        const either = AbortSignal.any([signal, yielding.signal]);
        const order = { kind, demand, bytes: 0, isTypical: false };
        try {
          return await this.#scheduler.run(order, () => work(either), either);
        } catch (error) {
          signal.throwIfAborted();
          if (!yielding.signal.aborted) throw error;
        }
      }
    };
  }
}

function gaveWay(): OverloadedError {
  return new OverloadedError('The picture gave way to what a player waits for.');
}
