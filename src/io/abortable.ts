/**
 * Waits for `work`, but no longer than until one of the signals aborts. The work itself goes on; whoever started it
 * stops it. Listeners are removed as soon as it settles: a long-lived signal does not collect one for every read, as
 * it would with `Promise.race`.
 * @param work - what is waited for. When a signal wins, its later rejection is swallowed.
 * @param signals - those that end the wait; undefined ones are passed over.
 * @throws the reason of the signal that aborted, or what `work` rejects with.
 */
export function abortable<T>(work: Promise<T>, ...signals: readonly (AbortSignal | undefined)[]): Promise<T> {
  const given = signals.filter((signal) => signal !== undefined);
  if (given.length === 0) return work;
  return new Promise<T>((resolve, reject) => {
    const settle = (): void => {
      for (const signal of given) signal.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void => {
      settle();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own.
      reject(given.find((signal) => signal.aborted)?.reason);
    };
    for (const signal of given) signal.addEventListener('abort', onAbort, { once: true });
    work.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came.
        reject(error);
      },
    );
    if (given.some((signal) => signal.aborted)) onAbort();
  });
}
