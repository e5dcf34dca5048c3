import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { ChunkStore, type ChunkShelf } from './chunk-store.js';

describe('chunks of several sources', () => {
  it('let the least recently used go, of whichever source', () => {
    const store = new ChunkStore(300);
    const [one, other] = [store.openShelf(), store.openShelf()];
    one.put(0, new Uint8Array(100));
    other.put(0, new Uint8Array(100));
    one.put(1, new Uint8Array(100));
    assert.equal(one.get(0)?.length, 100);
    other.put(7, new Uint8Array(50));
    assert.deepEqual([one.has(0), other.has(0), one.has(1), other.has(7)], [true, false, true, true]);
    assert.equal(store.bytes, 250);
  });

  it('stay when one comes that is too large to be kept', () => {
    const store = new ChunkStore(300);
    const shelf = store.openShelf();
    shelf.put(0, new Uint8Array(100));
    shelf.put(1, new Uint8Array(301));
    assert.deepEqual([shelf.has(0), shelf.has(1), store.bytes], [true, false, 100]);
    shelf.put(0, new Uint8Array(301));
    assert.deepEqual([shelf.get(0), store.bytes], [undefined, 0], 'nor is what stood in its place');
  });

  it('are those that were put last, and take no more than they may', () => {
    const step = fc.record({
      shelf: fc.nat(2),
      index: fc.nat(5),
      length: fc.integer({ min: 1, max: 60 }),
      isPut: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 200 }), (steps, maxBytes) => {
        const store = new ChunkStore(maxBytes);
        const shelves = [store.openShelf(), store.openShelf(), store.openShelf()];
        const places = new Map<string, { shelf: ChunkShelf; index: number; last: Uint8Array }>();
        for (const { shelf: number, index, length, isPut } of steps) {
          const shelf = shelves[number]!;
          if (!isPut) shelf.get(index);
          else {
            const last = new Uint8Array(length);
            places.set(`${number}/${index}`, { shelf, index, last });
            shelf.put(index, last);
          }
          const held = [...places.values()].filter((place) => place.shelf.has(place.index));
          assert.equal(
            store.bytes,
            held.reduce((sum, { last }) => sum + last.length, 0),
          );
          assert.ok(store.bytes <= maxBytes);
        }
        for (const { shelf, index, last } of places.values()) {
          assert.equal(shelf.get(index), shelf.has(index) ? last : undefined);
        }
      }),
    );
  });

  it('are not kept on a shelf that was closed', () => {
    const store = new ChunkStore(300);
    const [one, other] = [store.openShelf(), store.openShelf()];
    one.put(0, new Uint8Array(100));
    one.put(1, new Uint8Array(100));
    other.put(0, new Uint8Array(10));
    one.close();
    one.put(2, new Uint8Array(100));
    assert.deepEqual([one.has(0), one.get(1), one.has(2), store.bytes], [false, undefined, false, 10]);
  });
});
