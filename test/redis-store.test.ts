/** The store in a real Redis, which dies, hangs, fills up and comes back. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { MemorySegmentStore } from '../src/delivery/memory-segment-store.js';
import { RedisSegmentStore } from '../src/delivery/redis-segment-store.js';
import { TieredSegmentStore } from '../src/delivery/tiered-segment-store.js';
import { RedisProcess } from './support/redis.js';
import { checkStoreContract, objectOf } from './support/segment-store-contract.js';
import { missingTools } from './support/tools.js';

describe('the store in Redis', { skip: missingTools('the store in Redis', 'redis-server') }, () => {
  let folder: string;
  let socket: string;
  let server: RedisProcess | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-redis-'));
    socket = join(folder, 's');
    server = await startRedis();
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const startRedis = (): Promise<RedisProcess> =>
    RedisProcess.start(folder, '--port', '0', '--unixsocket', socket, '--maxmemory', '8mb');

  /** A store that is connected, with what it tells. */
  async function open(troubles: unknown[] = []): Promise<RedisSegmentStore> {
    const onOutage = (error: unknown): void => void troubles.push(error);
    const store = new RedisSegmentStore({ url: socket, silenceMs: 300, maxObjectBytes: 1 << 20, onOutage });
    await untilItKeeps(store);
    return store;
  }

  /** Asks until something is kept: the connection comes by itself, some time. */
  async function untilItKeeps(store: RedisSegmentStore): Promise<void> {
    while ((await store.get('there')) === undefined) {
      await store.put('there', [objectOf('t', 10)]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('keeps the contract of stores, alone and behind a memory', async () => {
    await checkStoreContract(open);
    await checkStoreContract(
      async () => new TieredSegmentStore(new MemorySegmentStore(1 << 20), await open()),
    );
  });

  it('keeps what another process can read, for a week at most, and nothing too large', async () => {
    await using one = await open();
    await using two = await open();
    await one.put('film', [objectOf('f', 500_000)]);
    assert.deepEqual(Uint8Array.from((await two.get('film'))!), objectOf('f', 500_000));
    await one.put('large', [new Uint8Array((1 << 20) + 1)]);
    assert.equal(await one.get('large'), undefined);
    const redis = new Redis(socket);
    const seconds = await redis.ttl('segmint:film');
    assert.ok(seconds > 600_000 && seconds <= 604_800);
    const value = (await redis.getBuffer('segmint:film'))!;
    value[1000]! ^= 1;
    await redis.set('segmint:film', value);
    assert.equal(await one.get('film'), undefined, 'damaged');
    assert.equal(await redis.exists('segmint:film'), 0, 'and removed');
    redis.disconnect();
  });

  it('goes on without a Redis that is killed, tells of it once, and finds it again', async () => {
    const troubles: unknown[] = [];
    await using store = await open(troubles);
    const asked = store.get('there');
    await server![Symbol.asyncDispose]();
    await asked;
    for (let i = 0; i < 10; i++) {
      await store.put('a', [objectOf('a', 10)]);
      assert.equal(await store.get('there'), undefined);
    }
    server = await startRedis();
    await untilItKeeps(store);
    assert.equal(troubles.length, 1, String(troubles));
  });

  it('waits for a Redis that hangs no longer than it may be silent, and finds it again', async () => {
    const troubles: unknown[] = [];
    await using store = await open(troubles);
    server!.hang();
    assert.equal(await store.get('there'), undefined);
    for (let i = 0; i < 100; i++) assert.equal(await store.get('there'), undefined);
    server!.wake();
    await untilItKeeps(store);
    assert.ok(troubles.length >= 1);
  });

  it('reads from a Redis that is full and takes no more', async () => {
    const troubles: unknown[] = [];
    await using store = await open(troubles);
    for (let i = 0; i < 20; i++) await store.put(`${i}`, [objectOf('x', 900_000)]);
    assert.match(String(troubles[0]), /OOM/);
    assert.equal(troubles.length, 1);
    assert.deepEqual(Uint8Array.from((await store.get('0'))!), objectOf('x', 900_000));
  });

  it('leaves at once with a viewer who leaves', async () => {
    await using store = await open();
    server!.hang();
    const leaving = new AbortController();
    const reason = new RangeError('left');
    const asked = store.get('there', { signal: leaving.signal });
    leaving.abort(reason);
    await assert.rejects(asked, reason);
    server!.wake();
  });
});
