import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteRun } from './byte-run.js';

describe('ByteRun', () => {
  const run = (): ByteRun => new ByteRun(10, [Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5)]);

  it('views what lies in one chunk, and joins what lies in two', () => {
    assert.deepEqual(run().view(12, 3), Uint8Array.of(3, 4, 5));
    assert.deepEqual(run().view(11, 2), Uint8Array.of(2, 3));
  });

  it('gives nothing that is not all there', () => {
    assert.equal(run().view(9, 1), undefined);
    assert.equal(run().view(13, 3), undefined);
  });

  it('has no bytes, and not even none of them, behind its end', () => {
    assert.deepEqual(run().view(15, 0), new Uint8Array(0));
    assert.equal(run().view(16, 0), undefined);
    assert.deepEqual(new ByteRun(10, []).view(10, 0), new Uint8Array(0));
  });
});
