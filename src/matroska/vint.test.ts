import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../test/support/hex.js';
import { isUnknownSize, parseVint, vintLength } from './vint.js';

describe('vint', () => {
  // RFC 8794, section 4.4, shows the value 2 in one to four bytes; the rest follows its section 4.
  const cases = [
    { hex: '82', length: 1, value: 2 },
    { hex: '4002', length: 2, value: 2 },
    { hex: '200002', length: 3, value: 2 },
    { hex: '10000002', length: 4, value: 2 },
    { hex: '0800000002', length: 5, value: 2 },
    { hex: '040000000002', length: 6, value: 2 },
    { hex: '02000000000002', length: 7, value: 2 },
    { hex: '0100000000000002', length: 8, value: 2 },
    { hex: '80', length: 1, value: 0 },
    { hex: 'fe', length: 1, value: 126 },
    { hex: '7ffe', length: 2, value: 16382 },
    { hex: '011fffffffffffff', length: 8, value: Number.MAX_SAFE_INTEGER },
  ];
  for (const { hex, length, value } of cases) {
    it(`${hex} is ${value}`, () => {
      const bytes = fromHex(hex);
      assert.equal(vintLength(bytes[0]!), length);
      assert.equal(parseVint(bytes, 0, length), value);
      assert.equal(isUnknownSize(value, length), false);
    });
  }

  it('has no length when the first byte is zero', () => {
    assert.equal(vintLength(0), 9);
  });

  for (let length = 1; length <= 8; length++) {
    it(`means an unknown size when all ${7 * length} value bits are one`, () => {
      const bytes = new Uint8Array(length).fill(0xff);
      bytes[0] = 0xff >> (length - 1);
      assert.equal(vintLength(bytes[0]), length);
      assert.equal(isUnknownSize(parseVint(bytes, 0, length), length), true);
    });
  }
});
