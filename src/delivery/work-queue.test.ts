import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { EngineError, OverloadedError } from '../errors.js';
import { WorkQueue } from './work-queue.js';

/** Work that ends when it is told to. */
function held(begun: string[], name: string): { work: () => Promise<void>; end: () => void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = (): Promise<void> => {
    begun.push(name);
    return ended;
  };
  return { work, end };
}

describe('the queue of work', () => {
  it('runs first what came first, and refuses what is too much', async () => {
    const queue = new WorkQueue({ concurrency: 2, maxWaiting: 2 });
    const begun: string[] = [];
    const pieces = ['a', 'b', 'c', 'd'].map((name) => held(begun, name));
    const runs = pieces.map(({ work }) => queue.run(work));
    await assert.rejects(
      queue.run(async () => undefined),
      OverloadedError,
    );
    assert.deepEqual(begun, ['a', 'b']);
    pieces[1]!.end();
    await runs[1];
    await new Promise(setImmediate);
    assert.deepEqual(begun, ['a', 'b', 'c']);
    for (const { end } of pieces) end();
    await Promise.all(runs);
    assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
  });

  it('lets one that leaves make place, and gives back the place of one that fails', async () => {
    const queue = new WorkQueue({ concurrency: 1, maxWaiting: 1 });
    const begun: string[] = [];
    const [first, last] = [held(begun, 'first'), held(begun, 'last')];
    const leaving = new EngineError('left');
    const leave = new AbortController();
    const running = queue.run(async () => {
      await first.work();
      throw leaving;
    });
    const waiting = queue.run(held(begun, 'left').work, leave.signal);
    leave.abort(leaving);
    await assert.rejects(waiting, leaving);
    const next = queue.run(last.work);
    first.end();
    await assert.rejects(running, leaving);
    last.end();
    await next;
    assert.deepEqual(begun, ['first', 'last']);
    await assert.rejects(queue.run(last.work, leave.signal), leaving);
  });

  it('never runs more at a time than it may, whoever leaves', async () => {
    const piece = fc.record({ turns: fc.nat(4), leavesAfter: fc.option(fc.nat(6)) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        async (pieces, concurrency) => {
          const queue = new WorkQueue({ concurrency, maxWaiting: pieces.length });
          let running = 0;
          let done = 0;
          await Promise.allSettled(
            pieces.map(async ({ turns, leavesAfter }) => {
              const leave = new AbortController();
              const run = queue.run(async () => {
                assert.ok(++running <= concurrency);
                for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
                running--;
                done++;
              }, leave.signal);
              run.catch(() => undefined);
              for (let turn = 0; turn < (leavesAfter ?? 0); turn++) await new Promise(setImmediate);
              if (leavesAfter !== null) leave.abort();
              await run;
            }),
          );
          assert.equal(running, 0);
          assert.ok(done >= pieces.filter(({ leavesAfter }) => leavesAfter === null).length);
          assert.equal(await queue.run(async () => 'free'), 'free');
        },
      ),
      { numRuns: 40 },
    );
  });
});
