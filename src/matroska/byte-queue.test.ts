import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteQueue } from './byte-queue.js';

describe('ByteQueue', () => {
  it('views what lies in one chunk and joins what straddles two', () => {
    const queue = new ByteQueue(100);
    const first = new Uint8Array([1, 2, 3, 4]);
    queue.append(first);
    queue.append(new Uint8Array([5, 6]));
    assert.equal(queue.peek(4).buffer, first.buffer);
    assert.deepEqual(queue.take(3), new Uint8Array([1, 2, 3]));
    assert.equal(queue.offset, 103);
    const joined = queue.take(2);
    assert.deepEqual(joined, new Uint8Array([4, 5]));
    assert.notEqual(joined.buffer, first.buffer);
    assert.equal(queue.available, 1);
  });

  it('passes over bytes that have not arrived', () => {
    const queue = new ByteQueue(0);
    queue.append(new Uint8Array(4));
    queue.skip(10);
    assert.equal(queue.offset, 10);
    assert.equal(queue.pendingSkip, 6);
    queue.append(new Uint8Array(6));
    assert.equal(queue.available, 0);
    queue.append(new Uint8Array([9]));
    assert.equal(queue.available, 1);
    assert.equal(queue.byteAt(0), 9);
  });

  it('gives the same bytes however they are cut and read', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('append', 'take', 'skip', 'find'), fc.nat(40)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (operations) => {
        const queue = new ByteQueue(0);
        let appended = 0;
        let read = 0;
        const run = (from: number, length: number): Uint8Array =>
          Uint8Array.from({ length }, (_, i) => ((from + i) * 7) & 0xff);
        for (const [operation, amount] of operations) {
          if (operation === 'append') {
            queue.append(run(appended, amount));
            appended += amount;
          } else if (operation === 'skip') {
            queue.skip(amount);
            read += amount;
          } else if (operation === 'take' && amount <= queue.available) {
            assert.deepEqual(queue.take(amount), run(read, amount));
            read += amount;
          } else if (operation === 'find' && queue.available > 0) {
            const ahead = queue.find(amount);
            if (ahead >= 0) assert.equal(queue.byteAt(ahead), amount);
            else assert.ok(-ahead <= queue.available && -ahead > 0);
          }
          assert.equal(queue.offset, read);
          assert.equal(queue.available, Math.max(0, appended - read));
          for (const far of [30, 70, 10].filter((index) => index < queue.available)) {
            assert.equal(queue.byteAt(far), ((read + far) * 7) & 0xff);
          }
          for (let i = 0; i < Math.min(queue.available, 3); i++) {
            assert.equal(queue.byteAt(i), ((read + i) * 7) & 0xff);
          }
        }
      }),
    );
  });

  it('stays quick with a million chunks of one byte', () => {
    const queue = new ByteQueue(0);
    for (let i = 0; i < 1_000_000; i++) {
      queue.append(new Uint8Array([i & 0xff]));
      if (i % 10 === 9) queue.take(10);
    }
    assert.equal(queue.available, 0);
  });
});
