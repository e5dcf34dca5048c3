import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkStoreContract } from '../../test/support/segment-store-contract.js';
import { MemorySegmentStore } from './memory-segment-store.js';
import type { SegmentStore } from './segment-store.js';
import { TieredSegmentStore } from './tiered-segment-store.js';

/** A store that does not finish putting until it is let. */
class SlowStore extends MemorySegmentStore {
  release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.release = resolve));

  override async put(key: string, chunks: readonly Uint8Array[]): Promise<undefined> {
    await this.#released;
    await super.put(key, chunks);
  }
}

describe('a store before a store', () => {
  const bytes = (length: number) => [new Uint8Array(length).fill(3)];

  it('keeps the contract of stores, with a memory and without one', async () => {
    for (const first of [1 << 20, 0]) {
      await checkStoreContract(
        async () => new TieredSegmentStore(new MemorySegmentStore(first), new MemorySegmentStore(1 << 20)),
      );
    }
    await checkStoreContract(async () => new MemorySegmentStore(1 << 20));
  });

  it('finds in the second what the first has lost, and takes it back into the first', async () => {
    const first = new MemorySegmentStore(1 << 20);
    const second = new MemorySegmentStore(1 << 20);
    await second.put('a', bytes(10));
    await using store = new TieredSegmentStore(first, second);
    assert.equal((await store.get('a'))?.byteLength, 10);
    assert.equal((await first.get('a'))?.byteLength, 10);
  });

  it('waits for no slow second store, but when it is closed, and lets only so much wait', async () => {
    const second = new SlowStore(1 << 20);
    const store = new TieredSegmentStore(new MemorySegmentStore(1 << 20), second, { maxPendingBytes: 1500 });
    await store.put('a', bytes(1000));
    await store.put('b', bytes(1000));
    assert.ok((await store.get('a')) && (await store.get('b')));
    second.release();
    const closing = store[Symbol.asyncDispose]();
    second[Symbol.asyncDispose] = async () => undefined;
    await closing;
    assert.equal((await second.get('a'))?.byteLength, 1000);
    assert.equal(await second.get('b'), undefined);
  });

  it('leaves alone what a slow second store still reads, however much comes meanwhile', async () => {
    const first = new MemorySegmentStore(8 << 20);
    const second = new SlowStore(64 << 20);
    const store = new TieredSegmentStore(first, second);
    await store.put('a', [new Uint8Array(600_000).fill(1)]);
    for (let i = 0; i < 40; i++) await first.put(`${i}`, [new Uint8Array(600_000).fill(2)]);
    assert.equal(await first.get('a'), undefined);
    second.release();
    const closing = store[Symbol.asyncDispose]();
    second[Symbol.asyncDispose] = async () => undefined;
    await closing;
    assert.ok((await second.get('a'))!.every((byte) => byte === 1));
  });

  it('lends the copy that the first store has of what the second had', async () => {
    const first = new MemorySegmentStore(1 << 20);
    const second = new MemorySegmentStore(1 << 20);
    await second.put('a', bytes(60_000));
    await using store = new TieredSegmentStore(first, second);
    const lent = (await store.borrow('a'))!;
    const near = (await first.borrow('a'))!;
    assert.equal(lent.chunks[0]!.buffer, near.chunks[0]!.buffer);
    assert.equal(lent.byteLength, 60_000);
  });

  it('passes over a second store that fails', async () => {
    const errors: unknown[] = [];
    const trouble = new RangeError('gone');
    const second: SegmentStore = {
      get: async () => undefined,
      put: () => Promise.reject(trouble),
      [Symbol.asyncDispose]: async () => undefined,
    };
    await using store = new TieredSegmentStore(new MemorySegmentStore(1 << 20), second, {
      onError: (error) => errors.push(error),
    });
    await store.put('a', bytes(10));
    assert.ok(await store.get('a'));
    await store[Symbol.asyncDispose]();
    assert.deepEqual(errors, [trouble]);
  });
});
