import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { describe, test } from 'node:test';
import { FakeSource, untilAborted } from '../../test/support/fake-segmented-media.js';
import { testScheduler } from '../../test/support/scheduler.js';
import { createEnginePool } from '../engine/pool.js';
import { RequestError } from '../errors.js';
import type { PosterOptions } from '../pipelines/stills/poster.js';
import { Demand } from './demand.js';
import { MemorySegmentStore } from './memory-segment-store.js';
import type { Scheduler } from './scheduler.js';
import { StillService } from './still-service.js';

/** Lets everything that can go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const film = (identity: string | undefined) => ({
  name: 'film',
  open: () => Promise.resolve(new FakeSource(identity)),
});

/** A service whose posters are made by the test, and no engine is ever asked. */
function serviceOf(
  scheduler: Scheduler,
  makePoster: (options: PosterOptions) => Promise<Uint8Array>,
): { service: StillService; end: () => Promise<void> } {
  const engine = createEnginePool({ size: 1 });
  const store = new MemorySegmentStore(1 << 20);
  const service = new StillService({
    ...{ engine, scheduler, store },
    makePoster: (_source, options) => makePoster(options),
  });
  return {
    service,
    end: async () => {
      await service[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

const wish = { width: 320, identity: 'film 1', viewer: 'a' };
const jpeg = Uint8Array.of(0xff, 0xd8);

describe('a still service', () => {
  test('makes a poster once for all who ask, and keeps it', async () => {
    let made = 0;
    const { service, end } = serviceOf(testScheduler(1, 8), ({ turn }) =>
      turn('encode', async () => {
        made += 1;
        await settle();
        return jpeg;
      }),
    );
    const both = await Promise.all([
      service.poster(film('film 1'), wish),
      service.poster(film('film 1'), { ...wish, viewer: 'b' }),
    ]);
    assert.deepEqual(both, [jpeg, jpeg]);
    assert.deepEqual(await service.poster(film('film 1'), wish), jpeg);
    assert.equal(made, 1);
    await service.poster(film('film 2'), { ...wish, identity: 'film 2' });
    assert.equal(made, 2);
    await end();
  });

  test('gives way to what a player waits for, and goes on behind it', async () => {
    const scheduler = testScheduler(1, 8);
    const begun: AbortSignal[] = [];
    const { service, end } = serviceOf(scheduler, ({ turn }) =>
      turn('encode', async (signal) => {
        begun.push(signal);
        return begun.length === 1 ? await untilAborted(signal) : jpeg;
      }),
    );
    const poster = service.poster(film('film 1'), wish);
    while (begun.length === 0) await settle();
    const demand = new Demand('watcher');
    using _joined = demand.join('watcher');
    let postersBefore = -1;
    await scheduler.run({ kind: 'encode', demand, bytes: 0 }, () => {
      postersBefore = begun.length;
      return Promise.resolve();
    });
    assert.equal(postersBefore, 1, 'the first picture of the film is not behind the poster');
    assert.ok(begun[0]!.aborted);
    assert.deepEqual(await poster, jpeg);
    assert.equal(begun.length, 2);
    await end();
  });

  test('lets two hundred posters wait, and the first picture of a film before all of them', async () => {
    const scheduler = testScheduler(2, 64);
    let isHeld = true;
    let done = 0;
    const { service, end } = serviceOf(scheduler, ({ turn }) =>
      turn('encode', async (signal) => {
        if (isHeld) await untilAborted(signal);
        done += 1;
        return jpeg;
      }),
    );
    const leaving = new AbortController();
    // Each one that waits listens.
    setMaxListeners(0, leaving.signal);
    const posters = Array.from({ length: 200 }, (_, i) => {
      const identity = `film ${i}`;
      const signal = i < 150 ? leaving.signal : undefined;
      return service.poster(film(identity), { ...wish, identity }, signal);
    });
    const outcomes = Promise.allSettled(posters);
    while (scheduler.stats.encode.waitingAhead < 198) await settle();
    assert.equal(scheduler.stats.encode.runningAhead, 2);
    const demand = new Demand('watcher');
    using _joined = demand.join('watcher');
    await scheduler.run({ kind: 'encode', demand, bytes: 0 }, () => {
      assert.equal(done, 0);
      isHeld = false;
      return Promise.resolve();
    });
    leaving.abort();
    // Those that began before wait for nothing any more: they give way once more.
    for (let i = 0; i < 2; i++) {
      const next = new Demand('watcher');
      using _next = next.join('watcher');
      await scheduler.run({ kind: 'encode', demand: next, bytes: 0 }, settle);
    }
    const settled = await outcomes;
    assert.equal(settled.slice(150).filter(({ status }) => status === 'fulfilled').length, 50);
    assert.ok(done < 60, `${done} were made, though 150 had left`);
    assert.equal(scheduler.stats.encode.waitingAhead, 0);
    await end();
  });

  test('does not count pictures when it tells how long segments take', async () => {
    const scheduler = testScheduler(1, 8);
    const { service, end } = serviceOf(scheduler, ({ turn }) => turn('encode', () => Promise.resolve(jpeg)));
    await service.poster(film('film 1'), wish);
    assert.equal(scheduler.stats.encode.meanMs, 1000);
    await end();
  });

  test('remembers that a file has no picture, until it changes', async () => {
    let asked = 0;
    const { service, end } = serviceOf(testScheduler(1, 8), () => {
      asked += 1;
      return Promise.reject(new RequestError('The file has no video and no cover.', 'not_found'));
    });
    for (let i = 0; i < 3; i++)
      await assert.rejects(service.poster(film('song 1'), { ...wish, identity: 'song 1' }));
    assert.equal(asked, 1);
    await assert.rejects(service.poster(film('song 2'), { ...wish, identity: 'song 2' }));
    assert.equal(asked, 2);
    await end();
  });

  test('keeps nothing of a file that has changed meanwhile, nor of one that nothing tells apart', async () => {
    let made = 0;
    const { service, end } = serviceOf(testScheduler(1, 8), () => {
      made += 1;
      return Promise.resolve(jpeg);
    });
    await assert.rejects(service.poster(film('film 2'), wish), /has changed meanwhile/);
    const unknown = { ...wish, identity: undefined };
    await service.poster(film(undefined), unknown);
    await service.poster(film(undefined), unknown);
    assert.equal(made, 2);
    await end();
  });
});
