import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EnginePool, EnginePoolStats } from '../engine/pool.js';
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
});
