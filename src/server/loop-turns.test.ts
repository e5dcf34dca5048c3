import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LoopTurns } from './loop-turns.js';

/** An event loop with a clock that only tasks advance. */
class Loop {
  nowMs = 1000;
  #immediates: (() => void)[] = [];
  readonly turns: LoopTurns;

  constructor(options: { budgetMs?: number; maxTasks?: number } = {}) {
    const later = (callback: () => void): void => void this.#immediates.push(callback);
    this.turns = new LoopTurns({ ...options, now: () => this.nowMs, later });
  }

  /** Whether anything is left for a later turn. */
  get isBusy(): boolean {
    return this.#immediates.length > 0;
  }

  /** Does as Node does: what is asked for meanwhile waits for the next turn. */
  turn(): void {
    for (const callback of this.#immediates.splice(0)) callback();
  }
}

describe('LoopTurns', () => {
  it('does at once what there is time for', () => {
    const { turns } = new Loop();
    const done: number[] = [];
    for (let i = 0; i < 5; i++) turns.run(() => done.push(i));
    assert.deepEqual(done, [0, 1, 2, 3, 4]);
    assert.equal(turns.waiting, 0);
  });

  it('leaves to the next turns what comes after the time of one is used, in order', () => {
    const loop = new Loop({ budgetMs: 10 });
    const done: number[] = [];
    const perTurn: number[][] = [];
    for (let i = 0; i < 10; i++) {
      loop.turns.run(() => {
        loop.nowMs += 4;
        done.push(i);
      });
    }
    do {
      perTurn.push(done.splice(0));
      loop.turn();
    } while (loop.isBusy || done.length > 0);
    assert.deepEqual(perTurn, [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]);
  });

  it('begins no more than so many in a turn, as what they cost may follow', () => {
    const loop = new Loop({ maxTasks: 3 });
    let done = 0;
    for (let i = 0; i < 7; i++) loop.turns.run(() => done++);
    assert.equal(done, 3);
    loop.turn();
    assert.equal(done, 6);
    loop.turn();
    assert.equal(done, 7);
  });

  it('does one thing in each turn that something else has used up', () => {
    const loop = new Loop({ budgetMs: 10 });
    let done = 0;
    loop.turns.run(() => (loop.nowMs += 50));
    for (let i = 0; i < 3; i++) {
      loop.turns.run(() => {
        done++;
        loop.nowMs += 50;
      });
    }
    for (let turn = 1; turn <= 3; turn++) {
      loop.turn();
      assert.equal(done, turn);
    }
    assert.equal(loop.turns.waiting, 0);
  });

  it('lets nothing overtake what waits', () => {
    const loop = new Loop({ maxTasks: 1 });
    const done: string[] = [];
    loop.turns.run(() => done.push('a'));
    loop.turns.run(() => {
      done.push('b');
      loop.turns.run(() => done.push('d'));
    });
    loop.turns.run(() => done.push('c'));
    while (loop.isBusy) loop.turn();
    assert.deepEqual(done, ['a', 'b', 'c', 'd']);
  });

  it('exceeds the time of a turn by no more than one task, and does everything once and in order', () => {
    const bursts = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(bursts, (all) => {
        const loop = new Loop({ budgetMs: 8, maxTasks: 16 });
        const asked: number[] = [];
        const done: number[] = [];
        const turn = (arriving: readonly number[]): void => {
          for (const ms of arriving) {
            const name = asked.push(asked.length) - 1;
            loop.turns.run(() => {
              loop.nowMs += ms;
              done.push(name);
            });
          }
          const before = { ms: loop.nowMs, count: done.length };
          loop.turn();
          assert.ok(loop.nowMs - before.ms < 8 + 5);
          assert.ok(done.length - before.count <= 16);
        };
        for (const arriving of all) turn(arriving);
        while (loop.isBusy) turn([]);
        assert.deepEqual(done, asked);
      }),
    );
  });

  it('does each in the context that it was asked for in', () => {
    const loop = new Loop({ maxTasks: 1 });
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    for (const name of ['a', 'b', 'c']) {
      context.run(name, () => loop.turns.run(() => seen.push(context.getStore())));
    }
    while (loop.isBusy) loop.turn();
    assert.deepEqual(seen, ['a', 'b', 'c']);
  });

  it('lets promises go on in turns, too, on the real loop', async () => {
    const turns = new LoopTurns({ maxTasks: 2 });
    let turn = 0;
    const counting = (): void => {
      turn++;
      next = setImmediate(counting);
    };
    let next = setImmediate(counting);
    const passed = await Promise.all(Array.from({ length: 6 }, () => turns.pass().then(() => turn)));
    clearImmediate(next);
    assert.deepEqual(passed.slice(0, 2), [0, 0]);
    assert.equal(new Set(passed).size, 3);
    assert.deepEqual(
      passed,
      passed.toSorted((a, b) => a - b),
    );
  });
});
