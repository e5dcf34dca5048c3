import { OverloadedError } from '../errors.js';

/** Limits of a {@link WorkQueue}. */
export interface WorkQueueLimits {
  /** How many pieces of work run at a time; at least one. */
  readonly concurrency: number;
  /** How many may wait beside them. */
  readonly maxWaiting: number;
}

/** Runs no more pieces of work at a time than it may; the others wait, and the first to come is the first to run. */
export class WorkQueue {
  readonly #limits: WorkQueueLimits;
  /** In order of their coming. */
  readonly #waiting = new Set<() => void>();
  #running = 0;

  /** @param limits - how much runs, and how much waits. */
  constructor(limits: WorkQueueLimits) {
    this.#limits = limits;
  }

  /**
   * Runs a piece of work when its turn comes.
   * @param work - the work.
   * @param signal - ends the waiting; the work minds it by itself.
   * @throws {OverloadedError} when too many wait already.
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    await this.#enter(signal);
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    if (this.#running < this.#limits.concurrency) {
      this.#running++;
      return;
    }
    if (this.#waiting.size >= this.#limits.maxWaiting) {
      throw new OverloadedError('The server has more to do than it can; try again later.');
    }
    await new Promise<void>((resolve, reject) => {
      const onTurn = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.#waiting.delete(onTurn);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own.
        reject(signal?.reason);
      };
      this.#waiting.add(onTurn);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Hands the place to the next, so that nobody who comes later slips in between. */
  #leave(): void {
    const next = this.#waiting.values().next();
    if (next.done === true) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next.value);
    next.value();
  }
}
