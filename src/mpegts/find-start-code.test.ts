import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findStartCode as findByteByByte } from '../codecs/nal/annex-b.js';
import { findStartCode } from './find-start-code.js';

describe('findStartCode', () => {
  it('finds what a search byte by byte finds, from anywhere to anywhere', () => {
    const byte = fc.constantFrom(0, 0, 0, 1, 1, 2, 0x80, 0xff);
    const found = fc.record({ list: fc.array(byte, { maxLength: 60 }), from: fc.nat(60), end: fc.nat(60) });
    fc.assert(
      fc.property(found, ({ list, from, end: wanted }) => {
        const bytes = new Uint8Array(64).fill(0);
        bytes.set(list);
        const end = Math.min(wanted, list.length);
        const words = new Int32Array(bytes.buffer);
        assert.equal(
          findStartCode(bytes, words, from, end),
          from < end ? findByteByByte(bytes.subarray(0, end), from) : -1,
        );
      }),
      { numRuns: 2000 },
    );
  });
});
