/** How an {@link Outage} is told of, and how long it keeps callers away. */
export interface OutageOptions {
  /** How long nothing is tried after a failure, in milliseconds; then one caller may. */
  readonly retryMs: number;
  /** Takes the first failure of an outage; those that follow are the same trouble. */
  readonly onBegin: (error: unknown) => void;
  /** Called when it works again. */
  readonly onEnd?: (() => void) | undefined;
  /** A clock in milliseconds that never goes back. */
  readonly now?: (() => number) | undefined;
}

/**
 * Keeps callers away from something that fails, so that none of them waits for it in vain, and lets one of them try from
 * time to time.
 */
export class Outage {
  readonly #options: OutageOptions;
  readonly #now: () => number;
  /** From when on the next may try; undefined while all is well. */
  #retryAt: number | undefined;

  /** @param options - whom to tell, and how long to wait. */
  constructor(options: OutageOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Whether the caller may try. During an outage that is said to one caller in each pause. */
  mayTry(): boolean {
    if (this.#retryAt === undefined) return true;
    const now = this.#now();
    if (now < this.#retryAt) return false;
    this.#retryAt = now + this.#options.retryMs;
    return true;
  }

  /** Tells that it failed. */
  failed(error: unknown): void {
    const isFirst = this.#retryAt === undefined;
    this.#retryAt = this.#now() + this.#options.retryMs;
    if (isFirst) this.#options.onBegin(error);
  }

  /** Tells that it worked. */
  succeeded(): void {
    if (this.#retryAt === undefined) return;
    this.#retryAt = undefined;
    this.#options.onEnd?.();
  }
}
