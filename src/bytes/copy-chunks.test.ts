import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { copyChunks } from './copy-chunks.js';

describe('copying chunks', () => {
  it('keeps the bytes, however both lists are cut', () => {
    const cuts = fc.array(fc.nat(9), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, cuts, fc.nat(5), (fromLengths, intoLengths, more) => {
        let next = 0;
        const from = fromLengths.map((length) => Uint8Array.from({ length }, () => ++next & 255));
        const room = intoLengths.reduce((sum, length) => sum + length, 0);
        const into = [...intoLengths, Math.max(0, next - room) + more].map(
          (length) => new Uint8Array(length),
        );
        copyChunks(from, into);
        const copied = Buffer.concat(into);
        assert.deepEqual(copied.subarray(0, next), Buffer.concat(from));
        assert.ok(
          copied.subarray(next).every((byte) => byte === 0),
          'what is beyond stays as it was',
        );
      }),
    );
  });
});
