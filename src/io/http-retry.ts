import { setTimeout as sleep } from 'node:timers/promises';
import { SourceError } from '../errors.js';
import { abortable } from './abortable.js';
import { ConnectionError } from './http-errors.js';
import { isTransientStatus } from './http-headers.js';
import { LONGEST_RETRY_AFTER_MS, retryAfterOf } from './server-rest.js';

/** How often and when a request that failed is made again. */
export interface RetryPolicy {
  /** How many times in a row a request that brings no byte is made again. */
  readonly limit: number;
  /** Wait before the first repetition, in milliseconds; doubled for each further one, and varied by chance. */
  readonly delayMs: number;
}

const LONGEST_DELAY_MS = 8000;

/** Whether the same request may succeed when it is made again, within a time that is worth waiting. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof SourceError)) return false;
  const { status } = error.context;
  if (typeof status !== 'number' || !isTransientStatus(status)) return false;
  return (retryAfterOf(error) ?? 0) <= LONGEST_RETRY_AFTER_MS;
}

/**
 * Waits before a repetition: longer each time, for as long as the server asked at least, and never for the same time as
 * others who lost their connection at the same instant.
 * @param policy - how long.
 * @param error - what the request failed with.
 * @param failures - how many times in a row it has failed, from 1.
 * @param signals - each ends the waiting.
 */
export async function waitBeforeRetry(
  policy: RetryPolicy,
  error: unknown,
  failures: number,
  signals: readonly AbortSignal[],
): Promise<void> {
  const backOffMs = Math.min(policy.delayMs * 2 ** (failures - 1), LONGEST_DELAY_MS);
  const delayMs = (retryAfterOf(error) ?? 0) + backOffMs * (0.5 + Math.random() / 2);
  const stop = new AbortController();
  try {
    await abortable(sleep(delayMs, undefined, { signal: stop.signal }), ...signals);
  } finally {
    stop.abort();
  }
}
