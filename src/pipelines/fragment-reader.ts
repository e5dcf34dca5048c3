import type { FragmentTrack } from '../isobmff/fragment.js';
import type { Sample } from '../media/sample.js';
import type { FragmentAssembler, PendingFragment } from './fragment-assembler.js';
import type { SampleFeed } from './sample-feed.js';

/**
 * Reads samples, cuts fragments and gives them in order. While the first of them is still encoding, more is read and cut,
 * so that several engines have work; while the reader is slow, nothing is.
 * @param feed - where samples come from.
 * @param assembler - what cuts them.
 * @param lookAhead - fragments that may be in the making at once.
 */
export async function* readFragments(
  feed: SampleFeed,
  assembler: FragmentAssembler,
  lookAhead: number,
): AsyncGenerator<readonly FragmentTrack[], void, undefined> {
  const pending: PendingFragment[] = [];
  let reading: Promise<readonly Sample[] | undefined> | undefined;
  let hasEnded = false;
  for (;;) {
    while (pending.length < lookAhead) {
      const fragment = assembler.cut();
      if (fragment === undefined) break;
      // It is awaited in its turn; until then its failure is not an unhandled one.
      fragment.catch(() => undefined);
      pending.push(fragment);
    }
    const head = pending[0];
    const mayRead = pending.length < lookAhead && !hasEnded && !assembler.isDone;
    if (mayRead && reading === undefined) {
      reading = feed.next();
      reading.catch(() => undefined);
    }
    if (head === undefined && !mayRead) return;
    if (mayRead && (head === undefined || !(await isSettledFirst(head, reading!)))) {
      const batch = await reading!;
      reading = undefined;
      if (batch === undefined) {
        hasEnded = true;
        assembler.finish();
      } else {
        assembler.push(batch);
      }
      continue;
    }
    void pending.shift();
    yield await head!;
  }
}

/** Whether the first of two promises settles before, or together with, the second. */
function isSettledFirst(first: Promise<unknown>, second: Promise<unknown>): Promise<boolean> {
  return Promise.race([settled(first, true), settled(second, false)]);
}

function settled<T>(promise: Promise<unknown>, value: T): Promise<T> {
  return promise.then(
    () => value,
    () => value,
  );
}
