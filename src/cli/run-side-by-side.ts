/**
 * Does jobs side by side, begun in their order. The first failure ends the rest.
 * @param jobs - what to do; each is given a signal that aborts when it is no longer wanted.
 * @param limit - how many run at a time.
 * @param signal - ends all.
 * @throws what the first job to fail throws, or the signal's reason; no job is running any more then.
 */
export async function runSideBySide(
  jobs: Iterable<(signal: AbortSignal) => Promise<void>>,
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const waiting = jobs[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      either.throwIfAborted();
      await next.value(either);
    }
  };
  const workers = Array.from({ length: limit }, async () => {
    try {
      await work();
    } catch (error) {
      // The first failure is the reason for those that follow from it.
      ending.abort(error);
    }
  });
  await Promise.all(workers);
  either.throwIfAborted();
}
