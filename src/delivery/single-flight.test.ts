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
});
