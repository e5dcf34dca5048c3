import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { FairQueue } from './fair-queue.js';

/** What is taken, in order. */
function drain<T>(queue: FairQueue<T>): T[] {
  const taken: T[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
}

describe('the fair queue', () => {
  const cases: readonly { title: string; adds: readonly [viewer: string, item: string][]; order: string }[] =
    [
      {
        title: 'serves one viewer in order',
        adds: [
          ['a', 'a1'],
          ['a', 'a2'],
          ['a', 'a3'],
        ],
        order: 'a1 a2 a3',
      },
      {
        title: 'lets a later viewer in after one of the first',
        adds: [
          ['a', 'a1'],
          ['a', 'a2'],
          ['a', 'a3'],
          ['b', 'b1'],
        ],
        order: 'a1 b1 a2 a3',
      },
      {
        title: 'goes round',
        adds: [
          ['a', 'a1'],
          ['a', 'a2'],
          ['b', 'b1'],
          ['b', 'b2'],
          ['c', 'c1'],
          ['c', 'c2'],
        ],
        order: 'a1 b1 c1 a2 b2 c2',
      },
      {
        title: 'serves what two wait for at the turn of the first, and once',
        adds: [
          ['a', 'a1'],
          ['a', 'ab'],
          ['b', 'ab'],
          ['b', 'b2'],
        ],
        order: 'a1 ab b2',
      },
    ];
  for (const { title, adds, order } of cases) {
    it(title, () => {
      const queue = new FairQueue<string>();
      for (const [viewer, item] of adds) queue.add(viewer, item);
      assert.deepEqual(drain(queue), order.split(' '));
      assert.equal(queue.size, 0);
    });
  }

  it('serves no request later than one of each other viewer for each of its own before it', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ viewer: fc.integer({ min: 0, max: 5 }) }) },
      { weight: 2, arbitrary: fc.constant('take' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<{ viewer: string; takesAllowed: number }>();
        const waiting = new Set<{ viewer: string; takesAllowed: number }>();
        const take = (): void => {
          const item = queue.take();
          assert.equal(item === undefined, waiting.size === 0);
          if (item !== undefined) waiting.delete(item);
          for (const other of waiting) assert.ok(--other.takesAllowed > 0, `${other.viewer} starves`);
        };
        for (const one of steps) {
          if (one === 'take') {
            take();
            continue;
          }
          const viewer = String(one.viewer);
          // There are six viewers: before it come those of its own line, and as many turns of five others.
          const item = { viewer, takesAllowed: 6 * (queue.lengthOf(viewer) + 1) };
          queue.add(viewer, item);
          waiting.add(item);
        }
        while (waiting.size > 0) take();
      }),
      { numRuns: 200 },
    );
  });
});
