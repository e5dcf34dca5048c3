import { LimitExceededError, type ErrorContext } from '../errors.js';

/**
 * Refuses a size or count that the source controls and that is above its cap. Called before anything is allocated.
 * @param what - what is counted, as in "CodecPrivate size" or "number of tracks".
 * @param value - the value that the source gives.
 * @param limit - the largest value that is accepted.
 * @param context - where the value stands.
 * @throws {LimitExceededError} when `value` is above `limit`.
 */
export function checkLimit(what: string, value: number, limit: number, context: ErrorContext = {}): void {
  if (value > limit) {
    throw new LimitExceededError(`The ${what} is ${value}, and at most ${limit} is accepted.`, { context });
  }
}
