import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { describe, it } from 'node:test';
import type { EnginePool, EnginePoolStats } from '../engine/pool.js';
import { deriveVersion } from '../pipelines/segment/source-version.js';
import { createDelivery } from './create-delivery.js';
import { Demand } from './demand.js';
import { MemorySegmentStore } from './memory-segment-store.js';

/** A pool of one engine, which streams outside the scheduler's sight keep busy until a test frees it. */
function busyPool(): { readonly engine: EnginePool; readonly listeners: Set<() => void>; free(): void } {
  let jobsRunning = 1;
  const listeners = new Set<() => void>();
  const engine = {
    get stats(): EnginePoolStats {
      return { jobsDone: 0, jobsQueued: 0, jobsRunning, restarts: 0, pids: [1] };
    },
    onSpare: (listener: () => void): Disposable => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
  } as EnginePool;
  const free = (): void => {
    jobsRunning = 0;
    for (const listener of listeners) listener();
  };
  return { engine, listeners, free };
}

describe('what makes segments', () => {
  it('begins what waits for spare capacity as soon as a stream has left an engine, and listens no longer than it lives', async () => {
    const pool = busyPool();
    const { engine, listeners } = pool;
    const store = new MemorySegmentStore(1 << 20);
    const onStoreError = (): void => assert.fail('nothing is stored');
    const delivery = createDelivery({ engine, store, prefetch: true, onStoreError });
    const order = { kind: 'encode', demand: new Demand('viewer'), bytes: 0 } as const;
    const ahead = delivery.scheduler.run(order, () => Promise.resolve('made'));
    assert.equal(delivery.scheduler.stats.encode.waitingAhead, 1);
    pool.free();
    assert.equal(delivery.scheduler.stats.encode.waitingAhead, 0);
    assert.equal(await ahead, 'made');
    await delivery[Symbol.asyncDispose]();
    assert.equal(listeners.size, 0);
  });

  it('needs no file of the program any more once it is there: none may be left to be opened later', async (t) => {
    const store = new MemorySegmentStore(1 << 20);
    const onStoreError = (): void => assert.fail('nothing is stored');
    await using _delivery = createDelivery({
      engine: busyPool().engine,
      store,
      prefetch: true,
      onStoreError,
    });
    const refuse = (): never => {
      throw Object.assign(new TypeError('EMFILE'), { code: 'EMFILE', syscall: 'open' });
    };
    const reading = t.mock.method(fs, 'readFileSync', refuse);
    syncBuiltinESMExports();
    try {
      assert.match(deriveVersion('film', {})!, /^[0-9a-f]{12}$/);
    } finally {
      reading.mock.restore();
      syncBuiltinESMExports();
    }
  });
});
