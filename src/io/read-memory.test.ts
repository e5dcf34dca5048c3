import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReadMemoryPool } from './read-memory.js';

describe('memory for reads', () => {
  it('is used again once it is released, and not before', () => {
    const pool = new ReadMemoryPool(1 << 20);
    const one = pool.open();
    const first = one.take(100_000);
    one.lend(first);
    const other = pool.open();
    assert.notEqual(other.take(100_000).buffer, first.buffer);
    one.release();
    one.release();
    assert.equal(pool.freeBytes, first.buffer.byteLength);
    const second = other.take(120_000);
    assert.equal(second.buffer, first.buffer);
    assert.equal(second.byteLength, 120_000);
    assert.notEqual(other.take(120_000).buffer, first.buffer);
  });

  it('is left alone where a read was given up, which may still write into it', () => {
    const pool = new ReadMemoryPool(1 << 20);
    const memory = pool.open();
    memory.take(1000);
    memory.release();
    assert.equal(pool.freeBytes, 0);
  });

  it('keeps no more than it may', () => {
    const pool = new ReadMemoryPool(200_000);
    const memory = pool.open();
    for (const length of [65_536, 65_536, 65_536, 65_536, 10 << 20]) memory.lend(memory.take(length));
    memory.release();
    assert.equal(pool.freeBytes, 3 * 65_536);
  });
});
