import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BlockPool } from './block-pool.js';
import { lendBlocks, lendForGood } from './lent-object.js';

describe('an object that is lent', () => {
  it('goes back to its pool with the last loan, however often each is given back', () => {
    const pool = new BlockPool(8 << 20);
    const first = lendBlocks(pool, 1_000_000);
    assert.equal(
      first.chunks.reduce((sum, { byteLength }) => sum + byteLength, 0),
      first.byteLength,
    );
    const second = first.share();
    const third = second.share();
    for (const loan of [first, first, third, first]) loan.giveBack();
    assert.equal(pool.freeBytes, 0);
    second.giveBack();
    const { freeBytes } = pool;
    assert.equal(freeBytes, BlockPool.bytesFor(1_000_000));
    for (const loan of [first, second, third]) loan.giveBack();
    assert.equal(pool.freeBytes, freeBytes, 'once');
  });

  it('stays where one loan is forgotten', () => {
    const pool = new BlockPool(8 << 20);
    const loan = lendBlocks(pool, 100_000);
    loan.share();
    loan.giveBack();
    assert.equal(pool.freeBytes, 0);
  });

  it('is not shared by who has given it back', () => {
    const loan = lendBlocks(new BlockPool(8 << 20), 100_000);
    const other = loan.share();
    loan.giveBack();
    assert.throws(() => loan.share(), { code: 'invariant' });
    other.share();
  });

  it('may be lent for good: it is then never used again', () => {
    const bytes = new Uint8Array(10);
    const loan = lendForGood(bytes);
    loan.share().giveBack();
    loan.giveBack();
    assert.deepEqual(loan.share().chunks, [bytes]);
    assert.deepEqual(lendForGood(new Uint8Array()).chunks, []);
  });
});
