import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineError } from '../errors.js';
import { untilAborted } from '../../test/support/fake-segmented-media.js';
import { SingleFlight } from './single-flight.js';

const leaving = new EngineError('left');

describe('work that is done once', () => {
  it('is shared by all who ask while it is under way, and done again after that', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const work = async (): Promise<number> => {
      await Promise.resolve();
      return ++runs;
    };
    assert.deepEqual(
      await Promise.all([flights.run('a', work), flights.run('a', work), flights.run('b', work)]),
      [1, 1, 2],
    );
    assert.equal(flights.has('a'), false);
    assert.equal(await flights.run('a', work), 3);
  });

  it('hands its failure to all, and keeps none', async () => {
    const flights = new SingleFlight<number>();
    const fail = async (): Promise<number> => {
      throw leaving;
    };
    const results = await Promise.allSettled([flights.run('a', fail), flights.run('a', fail)]);
    assert.ok(results.every((result) => result.status === 'rejected' && result.reason === leaving));
    assert.equal(await flights.run('a', async () => 1), 1);
  });

  it('is cancelled when the last one leaves, and not joined after that', async () => {
    const flights = new SingleFlight<number>();
    const signals: AbortSignal[] = [];
    const work = (signal: AbortSignal): Promise<number> => {
      signals.push(signal);
      return untilAborted(signal);
    };
    const [one, two] = [new AbortController(), new AbortController()];
    const first = flights.run('a', work, one.signal);
    const second = flights.run('a', work, two.signal);
    one.abort(leaving);
    await assert.rejects(first, leaving);
    assert.equal(signals[0]!.aborted, false);
    two.abort(leaving);
    await assert.rejects(second, leaving);
    assert.equal(signals[0]!.aborted, true);
    assert.equal(await flights.run('a', async () => 5), 5);
    await assert.rejects(flights.run('a', work, one.signal), leaving);
    assert.equal(signals.length, 1, 'whoever has left already begins nothing');
  });

  it('leaves the signal alone once it is done: its result may live on', async () => {
    const flights = new SingleFlight<AbortSignal>();
    const leave = new AbortController();
    const signal = await flights.run('a', async (own) => own, leave.signal);
    leave.abort();
    assert.equal(signal.aborted, false);
  });

  it('waits at the end for work that takes its time to stop', async () => {
    const flights = new SingleFlight<number>();
    const leave = new AbortController();
    let isStopped = false;
    const run = flights.run(
      'a',
      async (signal) => {
        try {
          return await untilAborted(signal);
        } finally {
          await new Promise(setImmediate);
          isStopped = true;
        }
      },
      leave.signal,
    );
    leave.abort(leaving);
    await assert.rejects(run, leaving);
    assert.equal(isStopped, false);
    await flights[Symbol.asyncDispose]();
    assert.equal(isStopped, true);
    await assert.rejects(
      flights.run('a', async () => 1),
      /shutting down/,
    );
  });

  describe('goes on for a while when the last one leaves, where that is wanted', () => {
    const signals = new Map<string, AbortSignal>();
    const leave = async (flights: SingleFlight<string>, key: string): Promise<void> => {
      const work = (signal: AbortSignal): Promise<string> => {
        signals.set(key, signal);
        return untilAborted(signal);
      };
      const waiter = new AbortController();
      const waiting = flights.run(key, work, waiter.signal);
      waiter.abort(leaving);
      await assert.rejects(waiting, leaving);
    };
    const isCancelled = (key: string): boolean => signals.get(key)!.aborted;

    it('so that one who comes back finds it further on', async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const flights = new SingleFlight<string>({ lingerMs: 1000 });
      let runs = 0;
      let finish: (made: string) => void = () => undefined;
      const work = (): Promise<string> => {
        runs++;
        return new Promise((resolve) => (finish = resolve));
      };
      for (let tries = 0; tries < 3; tries++) {
        const player = new AbortController();
        const waiting = flights.run('a', work, player.signal);
        t.mock.timers.tick(10_000);
        player.abort(leaving);
        await assert.rejects(waiting, leaving);
        t.mock.timers.tick(999);
      }
      const last = flights.run('a', work);
      finish('made');
      assert.equal(await last, 'made');
      assert.deepEqual([runs, flights.has('a')], [1, false]);
    });

    it('and then no longer', async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const flights = new SingleFlight<string>({ lingerMs: 1000 });
      await leave(flights, 'a');
      t.mock.timers.tick(999);
      assert.deepEqual([isCancelled('a'), flights.has('a')], [false, true]);
      t.mock.timers.tick(1);
      assert.deepEqual([isCancelled('a'), flights.has('a')], [true, false]);
    });

    it('as few at a time as may', async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const flights = new SingleFlight<string>({ lingerMs: 1000, maxLingering: 2 });
      for (const key of ['a', 'b', 'c']) await leave(flights, key);
      assert.deepEqual(['a', 'b', 'c'].map(isCancelled), [true, false, false]);
      await leave(flights, 'b');
      await leave(flights, 'd');
      assert.deepEqual(['b', 'c', 'd'].map(isCancelled), [false, true, false], 'c was left the longest');
      await flights[Symbol.asyncDispose]();
      assert.deepEqual(['b', 'd'].map(isCancelled), [true, true]);
    });

    it('and makes no room for itself when it is done', async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const flights = new SingleFlight<string>({ lingerMs: 1000, maxLingering: 1 });
      const player = new AbortController();
      let finish: (made: string) => void = () => undefined;
      const waiting = flights.run('done', () => new Promise((resolve) => (finish = resolve)), player.signal);
      player.abort(leaving);
      await assert.rejects(waiting, leaving);
      finish('made');
      await new Promise(setImmediate);
      assert.equal(flights.has('done'), false);
      await leave(flights, 'a');
      assert.equal(isCancelled('a'), false);
      await flights[Symbol.asyncDispose]();
    });
  });
});
