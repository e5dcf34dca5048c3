import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { MemorySegmentStore } from './memory-segment-store.js';

describe('the store in memory', () => {
  it('gives back whole objects, in memory of their own', async () => {
    const store = new MemorySegmentStore(100_000);
    const source = new Uint8Array(50_000).fill(7);
    await store.put('a', [source.subarray(10, 13), source.subarray(100, 102)]);
    source.fill(9);
    const object = await store.get('a');
    assert.deepEqual(object, new Uint8Array([7, 7, 7, 7, 7]));
    assert.equal(object.buffer.byteLength, 5, 'not a view of more');
    assert.equal(await store.get('b'), undefined);
  });

  it('drops first what was not asked for the longest', async () => {
    const store = new MemorySegmentStore(10_000);
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await store.put(key, [new Uint8Array(900)]);
    await store.get('a');
    await store.put('i', [new Uint8Array(900)]);
    await store.put('j', [new Uint8Array(900)]);
    const kept = await Promise.all(
      'abcdefghij'.split('').map(async (key) => ((await store.get(key)) === undefined ? '' : key)),
    );
    assert.equal(kept.join(''), 'adefghij');
  });

  it('keeps nothing that takes more than an eighth of it, and nothing at all of no size', async () => {
    const store = new MemorySegmentStore(8000);
    await store.put('large', [new Uint8Array(701)]);
    await store.put('small', [new Uint8Array(700)]);
    assert.equal(await store.get('large'), undefined);
    assert.equal((await store.get('small'))?.byteLength, 700);
    const none = new MemorySegmentStore(0);
    await none.put('empty', []);
    assert.equal(await none.get('empty'), undefined);
  });

  it('never holds more than it may, and nothing that was not put', async () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 20 }),
      length: fc.integer({ min: 0, max: 3000 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 0, max: 20_000 }),
        async (steps, max) => {
          const store = new MemorySegmentStore(max);
          const lengths = new Map<string, Set<number>>();
          for (const { key, length } of steps) {
            lengths.set(`${key}`, (lengths.get(`${key}`) ?? new Set()).add(length));
            await store.put(`${key}`, [new Uint8Array(length)]);
            assert.ok(store.size <= max);
          }
          let held = 0;
          for (const [key, put] of lengths) {
            const object = await store.get(key);
            if (object === undefined) continue;
            held += object.byteLength;
            assert.ok(put.has(object.byteLength));
          }
          assert.ok(held <= store.size);
        },
      ),
    );
  });

  it('counts an object once, however often it is put', async () => {
    const store = new MemorySegmentStore(100_000);
    await store.put('a', [new Uint8Array(1000)]);
    const { size } = store;
    await store.put('a', [new Uint8Array(1000)]);
    assert.equal(store.size, size);
    await store[Symbol.asyncDispose]();
    assert.equal(store.size, 0);
    assert.equal(await store.get('a'), undefined);
  });
});
