/** Work that took no longer since the last pause goes on: what is small is done at once. */
const TURN_MS = 4;

/**
 * Does long work that may be interrupted now and then, and lets whatever else waits go first when it has taken some
 * milliseconds.
 * @param work - yields wherever it may be interrupted.
 * @param signal - ends it when it is.
 * @param now - the time in milliseconds; the system's monotonic clock when absent.
 * @returns what the work returns.
 * @throws what the work throws, and the signal's reason.
 */
export async function inTurns<Result>(
  work: Generator<undefined, Result>,
  signal: AbortSignal | undefined,
  now = (): number => performance.now(),
): Promise<Result> {
  for (let since = now(); ;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (now() - since < TURN_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    since = now();
  }
}
