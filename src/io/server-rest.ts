import { SourceError } from '../errors.js';
import { isTransientStatus } from './http-headers.js';

/**
 * A server that wants to be left alone for longer than this, in milliseconds, is not waited for: nobody would still be
 * watching.
 */
export const LONGEST_RETRY_AFTER_MS = 30_000;

/**
 * A server is left alone for this long at most, in milliseconds, whatever it says. One question in that time harms none, and a
 * wrong clock or a date far ahead takes no film away for good.
 */
export const LONGEST_REST_MS = 300_000;

/**
 * How long a server wants not to be asked, by an error that one of its answers was made into.
 * @returns milliseconds; undefined where it did not say, or the same request would fail then, too.
 */
export function retryAfterOf(error: unknown): number | undefined {
  if (!(error instanceof SourceError)) return undefined;
  const { status, retryAfterMs } = error.context;
  const isPassing = typeof status === 'number' && isTransientStatus(status);
  return isPassing && typeof retryAfterMs === 'number' ? retryAfterMs : undefined;
}

/** Keeps from asking a server that wants to be left alone for longer than a request waits. */
export class ServerRest {
  readonly #now: () => number;
  #error: SourceError | undefined;
  #endsAt = -Infinity;

  /** @param now - a clock in milliseconds that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the server is to be left alone. */
  get isOn(): boolean {
    return this.#now() < this.#endsAt;
  }

  /**
   * Takes what a request failed with.
   * @returns whether the server wants to be left alone.
   */
  begin(error: unknown): boolean {
    const askedMs = retryAfterOf(error);
    if (askedMs === undefined || askedMs <= LONGEST_RETRY_AFTER_MS) return false;
    this.#error = error as SourceError;
    this.#endsAt = this.#now() + Math.min(askedMs, LONGEST_REST_MS);
    return true;
  }

  /** @throws {SourceError} what it began with, with the time that is left, for as long as it lasts. */
  check(): void {
    const leftMs = this.#endsAt - this.#now();
    if (this.#error === undefined || leftMs <= 0) return;
    const { message, context } = this.#error;
    throw new SourceError(message, { cause: this.#error, context: { ...context, retryAfterMs: leftMs } });
  }
}
