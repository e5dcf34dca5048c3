import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { BlockPool } from './block-pool.js';

const MIB = 1 << 20;

describe('a pool of blocks', () => {
  it('gives memory for any object, little more than it takes, each block a buffer of its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 * MIB }), (length) => {
        const blocks = new BlockPool(0).take(length);
        const bytes = blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
        assert.equal(bytes, BlockPool.bytesFor(length));
        assert.ok(bytes >= length && bytes - length < 32 << 10, `${bytes} for ${length}`);
        assert.equal(new Set(blocks.map(({ buffer }) => buffer)).size, blocks.length);
        for (const { buffer, byteLength } of blocks) assert.equal(buffer.byteLength, byteLength);
      }),
      { numRuns: 30 },
    );
  });

  it('gives again what was given back, and nothing of what was not', () => {
    const pool = new BlockPool(8 * MIB);
    const first = pool.take(MIB + 1000);
    const kept = pool.take(MIB + 1000);
    pool.giveBack(first);
    assert.equal(pool.freeBytes, BlockPool.bytesFor(MIB + 1000));
    const again = pool.take(MIB + 1000);
    assert.equal(pool.freeBytes, 0);
    assert.deepEqual(new Set(again), new Set(first));
    for (const block of pool.take(4 * MIB)) assert.ok(!kept.includes(block) && !again.includes(block));
  });

  it('keeps no more than its bound for further use, some of either size', () => {
    const pool = new BlockPool(MIB);
    pool.giveBack(
      [5 * MIB, ...Array.from({ length: 20 }, () => 100_000)].flatMap((length) => pool.take(length)),
    );
    const { freeBytes } = pool;
    assert.ok(freeBytes > MIB / 2 && freeBytes <= MIB);
    // Of either size there is enough for this one.
    pool.take(290_000);
    assert.equal(pool.freeBytes, freeBytes - BlockPool.bytesFor(290_000));
    pool.limit(0);
    assert.equal(pool.freeBytes, 0);
    pool.giveBack(pool.take(MIB));
    assert.equal(pool.freeBytes, 0);
  });
});
