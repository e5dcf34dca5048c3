import { OverloadedError } from '../errors.js';
import { abortable } from '../io/abortable.js';

interface Flight<T> {
  readonly controller: AbortController;
  readonly outcome: Promise<T>;
  waiters: number;
  isSettled: boolean;
}

/** Does a piece of work once for all who ask for it at the same time. Nothing is kept, neither results nor errors. */
export class SingleFlight<T> implements AsyncDisposable {
  /** Those that may still be joined. */
  readonly #flights = new Map<string, Flight<T>>();
  /** All that have not settled, those that nobody waits for any more among them. */
  readonly #unsettled = new Set<Flight<T>>();
  #isClosed = false;

  /** Whether work under this key is under way, so that {@link SingleFlight.run} would join it. */
  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /**
   * Joins the work that is under way under a key, or begins it.
   * @param key - says all that the result depends on.
   * @param work - begun at once where there is none to join. Its signal aborts when nobody waits any more; an abort of
   *   one waiter does not reach it.
   * @param signal - ends this caller's waiting.
   * @throws what the work throws, to all who wait, or the signal's reason.
   */
  async run(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw shuttingDown();
    const flight = this.#flights.get(key) ?? this.#begin(key, work);
    flight.waiters++;
    try {
      return await abortable(flight.outcome, signal);
    } finally {
      flight.waiters--;
      if (flight.waiters === 0 && !flight.isSettled) {
        // Whoever comes now must not join what is about to fail.
        this.#forget(key, flight);
        flight.controller.abort(signal?.reason);
      }
    }
  }

  /** Cancels all work, waits until it has settled, and lets none begin. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const unsettled = [...this.#unsettled];
    for (const { controller } of unsettled) controller.abort(shuttingDown());
    await Promise.allSettled(unsettled.map(({ outcome }) => outcome));
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const settle = (): void => {
      // Before any waiter hears of it: work that is done is not cancelled, and its result may live on.
      flight.isSettled = true;
      this.#unsettled.delete(flight);
      this.#forget(key, flight);
    };
    const outcome = begin(work, controller.signal).finally(settle);
    // There may be nobody left to hear of its failure.
    outcome.catch(() => undefined);
    const flight: Flight<T> = { controller, outcome, waiters: 0, isSettled: false };
    this.#flights.set(key, flight);
    this.#unsettled.add(flight);
    return flight;
  }

  #forget(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

/** Calls it now; what it throws at once becomes a rejection. */
async function begin<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return await work(signal);
}

function shuttingDown(): OverloadedError {
  return new OverloadedError('The server is shutting down.');
}
