import { OverloadedError } from '../errors.js';
import { abortable } from '../io/abortable.js';

/** What becomes of work that nobody waits for any more. */
export interface SingleFlightOptions {
  /** How long it goes on, in milliseconds: whoever comes back in that time joins it. Not at all by default. */
  readonly lingerMs?: number;
  /** How many pieces go on so at a time; of more, the one that was left first is cancelled. */
  readonly maxLingering?: number;
}

interface Flight<T> {
  readonly controller: AbortController;
  readonly outcome: Promise<T>;
  waiters: number;
  isSettled: boolean;
  /** Of one that nobody waits for: when its time is over, and what ends it then. */
  lingering?: NodeJS.Timeout;
  giveUp?: () => void;
}

/** Does a piece of work once for all who ask for it at the same time. Nothing is kept, neither results nor errors. */
export class SingleFlight<T> implements AsyncDisposable {
  /** Those that may still be joined. */
  readonly #flights = new Map<string, Flight<T>>();
  /** All that have not settled, those that nobody waits for any more among them. */
  readonly #unsettled = new Set<Flight<T>>();
  /** Those that go on although nobody waits for them, the one that was left first at the head. */
  readonly #left = new Set<Flight<T>>();
  readonly #lingerMs: number;
  readonly #maxLingering: number;
  #isClosed = false;

  /** @param options - what becomes of work that nobody waits for; it is cancelled at once by default. */
  constructor({ lingerMs = 0, maxLingering = Infinity }: SingleFlightOptions = {}) {
    this.#lingerMs = lingerMs;
    this.#maxLingering = maxLingering;
  }

  /** Whether work under this key is under way, so that {@link SingleFlight.run} would join it. */
  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /**
   * Joins the work that is under way under a key, or begins it.
   * @param key - says all that the result depends on.
   * @param work - begun at once where there is none to join. Its signal aborts when nobody waits any more, and has not for as long
   *   as it may linger; an abort of one waiter does not reach it.
   * @param signal - ends this caller's waiting.
   * @throws what the work throws, to all who wait, or the signal's reason.
   */
  async run(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw shuttingDown();
    const flight = this.#flights.get(key) ?? this.#begin(key, work);
    flight.waiters++;
    this.#unlinger(flight);
    try {
      return await abortable(flight.outcome, signal);
    } finally {
      flight.waiters--;
      if (flight.waiters === 0 && !flight.isSettled) this.#leave(key, flight, signal?.reason);
    }
  }

  /** Cancels all work, waits until it has settled, and lets none begin. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const unsettled = [...this.#unsettled];
    for (const { controller } of unsettled) controller.abort(shuttingDown());
    await Promise.allSettled(unsettled.map(({ outcome }) => outcome));
  }

  /** Nobody waits for it any more. */
  #leave(key: string, flight: Flight<T>, reason: unknown): void {
    const cancel = (): void => {
      this.#unlinger(flight);
      // Whoever comes now must not join what is about to fail.
      this.#forget(key, flight);
      flight.controller.abort(reason);
    };
    if (this.#lingerMs <= 0) {
      cancel();
      return;
    }
    flight.lingering = setTimeout(cancel, this.#lingerMs).unref();
    flight.giveUp = cancel;
    this.#left.add(flight);
    if (this.#left.size <= this.#maxLingering) return;
    const [first] = this.#left;
    first?.giveUp?.();
  }

  /** Somebody waits for it again, or it has ended. */
  #unlinger(flight: Flight<T>): void {
    clearTimeout(flight.lingering);
    this.#left.delete(flight);
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const settle = (): void => {
      // Before any waiter hears of it: work that is done is not cancelled, and its result may live on.
      flight.isSettled = true;
      this.#unlinger(flight);
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
