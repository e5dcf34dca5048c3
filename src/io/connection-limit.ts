import { OverloadedError } from '../errors.js';

/** How many upstream connections may be in use. */
export interface ConnectionLimits {
  /** In all. */
  readonly total: number;
  /** To one host and port. */
  readonly perHost: number;
}

interface Waiter {
  readonly host: string;
  readonly admit: () => void;
}

/** Far more than a server lets its viewers cause; each is a request that waits. */
const MAX_WAITING = 1000;

/** Hands out connections to servers, as many as may be in use at a time; the rest waits in order. */
export class ConnectionLimit {
  readonly #limits: ConnectionLimits;
  readonly #used = new Map<string, number>();
  #usedTotal = 0;
  readonly #waiting = new Set<Waiter>();

  /** @param limits - how many. */
  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /**
   * Waits until a connection to a host may be used.
   * @param host - host and port.
   * @param patienceMs - how long to wait, in milliseconds.
   * @param signals - each ends the waiting.
   * @returns gives the connection back; may be called again.
   * @throws {OverloadedError} when none becomes free in time, or too many wait already.
   */
  async take(host: string, patienceMs: number, signals: readonly AbortSignal[]): Promise<() => void> {
    for (const signal of signals) signal.throwIfAborted();
    if (this.#isFree(host)) return this.#use(host);
    if (this.#waiting.size >= MAX_WAITING) throw overloaded();
    return await new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        for (const signal of signals) signal.removeEventListener('abort', onAbort);
      };
      const waiter = {
        host,
        admit: () => {
          settle();
          resolve(this.#use(host));
        },
      };
      const timer = setTimeout(() => {
        settle();
        reject(overloaded());
      }, patienceMs);
      const onAbort = (): void => {
        settle();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own.
        reject(signals.find(({ aborted }) => aborted)?.reason);
      };
      this.#waiting.add(waiter);
      for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #isFree(host: string): boolean {
    return this.#usedTotal < this.#limits.total && (this.#used.get(host) ?? 0) < this.#limits.perHost;
  }

  #use(host: string): () => void {
    this.#usedTotal++;
    this.#used.set(host, (this.#used.get(host) ?? 0) + 1);
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      this.#usedTotal--;
      const left = this.#used.get(host)! - 1;
      if (left === 0) this.#used.delete(host);
      else this.#used.set(host, left);
      for (const waiter of this.#waiting) {
        if (!this.#isFree(waiter.host)) continue;
        waiter.admit();
        return;
      }
    };
  }
}

function overloaded(): OverloadedError {
  return new OverloadedError('Too many connections to other servers are in use.');
}
