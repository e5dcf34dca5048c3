import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { LentObject } from './lent-object.js';
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

  it('counts what large objects really take, and what it keeps free', async () => {
    const store = new MemorySegmentStore(8 << 20);
    await store.put('a', [new Uint8Array(300_000)]);
    assert.ok(store.size >= 300_000 && store.size < 300_000 + (33 << 10), `${store.size}`);
    for (let i = 0; i < 100; i++) {
      await store.put(`${i}`, [new Uint8Array(100_000 + i * 7000)]);
      assert.ok(store.size <= 8 << 20, `${store.size} after ${i}`);
    }
    await store[Symbol.asyncDispose]();
    assert.equal(store.size, 0);
  });

  it('puts new objects into the memory of those that went, once nobody reads them', async () => {
    const store = new MemorySegmentStore(8 << 20);
    const buffers = new Set<ArrayBufferLike>();
    for (let i = 0; i < 200; i++) {
      const loan = (await store.keep(`${i}`, [objectOf(`${i}`, 600_000)]))!;
      for (const { buffer } of loan.chunks) buffers.add(buffer);
      loan.giveBack();
    }
    const bytes = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
    assert.ok(bytes <= 8 << 20, `${bytes}`);
  });

  it('gives what the reader may keep: it is never written into', async () => {
    const store = new MemorySegmentStore(8 << 20);
    await store.put('kept', [objectOf('kept', 500_000)]);
    const kept = (await store.get('kept'))!;
    for (let i = 0; i < 50; i++) await store.put(`${i}`, [objectOf(`${i}`, 500_000)]);
    assert.equal(await store.get('kept'), undefined);
    assert.ok(isObject([kept], 'kept', 500_000));
  });

  it('never writes into what is lent, whoever is late, forgets to give back, or gives back twice', async () => {
    const key = fc.nat(12);
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ what: fc.constant('keep' as const), key, size: fc.nat(9) }) },
      { weight: 3, arbitrary: fc.record({ what: fc.constant('borrow' as const), key, size: fc.nat(9) }) },
      { weight: 2, arbitrary: fc.record({ what: fc.constant('share' as const), key, size: fc.nat(9) }) },
      { weight: 4, arbitrary: fc.record({ what: fc.constant('give back' as const), key, size: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('forget' as const), key, size: fc.nat(9) }) },
      {
        weight: 1,
        arbitrary: fc.record({ what: fc.constant('give back twice' as const), key, size: fc.nat(9) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
        const max = 8 << 20;
        const store = new MemorySegmentStore(max);
        /** What somebody reads, and what is to be there. */
        const read: Loan[] = [];
        /** Forgotten, and read all the same. */
        const forgotten: Loan[] = [];
        const check = ({ lent, name, length }: Loan): void =>
          assert.ok(isObject(lent.chunks, name, length), `${name} is what was kept`);
        for (const { what, key, size } of steps) {
          const name = `${key} ${size}`;
          const length = 20_000 + size * 100_000;
          const loan = read[key % Math.max(1, read.length)];
          if (what === 'keep' || what === 'borrow') {
            const lent =
              what === 'keep'
                ? await store.keep(name, [
                    objectOf(name, length).subarray(0, 7),
                    objectOf(name, length).subarray(7),
                  ])
                : await store.borrow(name);
            if (lent !== undefined) read.push({ lent, name, length });
          } else if (loan !== undefined) {
            if (what === 'share') read.push({ ...loan, lent: loan.lent.share() });
            else read.splice(read.indexOf(loan), 1);
            if (what === 'forget') forgotten.push(loan);
            if (what.startsWith('give back')) {
              check(loan);
              loan.lent.giveBack();
              if (what === 'give back twice') loan.lent.giveBack();
            }
          }
          assert.ok(store.size <= max, `${store.size}`);
        }
        for (const loan of [...read, ...forgotten]) check(loan);
        await store[Symbol.asyncDispose]();
        for (const loan of [...read, ...forgotten]) check(loan);
      }),
      { numRuns: 60 },
    );
  });
});

interface Loan {
  readonly lent: LentObject;
  readonly name: string;
  readonly length: number;
}

function isObject(chunks: readonly Uint8Array[], name: string, length: number): boolean {
  return Buffer.concat(chunks).equals(objectOf(name, length));
}

const known = new Map<string, Uint8Array>();

/** Bytes that tell which object they are of, at every place. */
function objectOf(name: string, length: number): Uint8Array {
  const key = `${name} ${length}`;
  let object = known.get(key);
  if (object === undefined) {
    const text = Buffer.from(`${key}, `);
    object = Buffer.alloc(length, text);
    known.set(key, object);
  }
  return object;
}
