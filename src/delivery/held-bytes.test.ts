import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeldBytes } from './held-bytes.js';

describe('the bytes that are held', () => {
  it('count what several hold once, until the last lets go', () => {
    const memory = new HeldBytes(100);
    const object = new Uint8Array(60);
    const first = memory.hold([object.subarray(0, 20), object.subarray(20)], 60);
    const second = memory.hold([object], 60);
    assert.equal(memory.total, 60);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    assert.equal(memory.total, 60);
    second[Symbol.dispose]();
    assert.equal(memory.total, 0);
    memory.hold([], 0)[Symbol.dispose]();
  });

  it('have a limit, which one object alone may exceed', () => {
    const memory = new HeldBytes(100);
    let releases = 0;
    memory.onRelease(() => releases++);
    assert.equal(memory.fits(101), true);
    const reserved = memory.reserve(60);
    assert.deepEqual([memory.fits(40), memory.fits(41), memory.isFull], [true, false, false]);
    using _more = memory.reserve(40);
    assert.deepEqual([memory.isFull, memory.load], [true, 1]);
    reserved[Symbol.dispose]();
    assert.deepEqual([releases, memory.total], [1, 40]);
  });
});
