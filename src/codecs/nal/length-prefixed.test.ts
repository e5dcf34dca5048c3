import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMediaError } from '../../errors.js';
import { viewLengthPrefixedNalUnits } from './length-prefixed.js';
import { fromHex, toHex } from '../../../test/support/hex.js';

const hexOf = (units: readonly Uint8Array[]): string[] => units.map((unit) => toHex(unit));

describe('viewLengthPrefixedNalUnits', () => {
  it('reads lengths of 1, 2 and 4 bytes', () => {
    assert.deepEqual(hexOf(viewLengthPrefixedNalUnits(fromHex('0209f00165'), 1)), ['09f0', '65']);
    assert.deepEqual(hexOf(viewLengthPrefixedNalUnits(fromHex('000209f0000165'), 2)), ['09f0', '65']);
    assert.deepEqual(hexOf(viewLengthPrefixedNalUnits(fromHex('0000000209f00000000165'), 4)), ['09f0', '65']);
  });

  it('leaves empty units out', () => {
    assert.deepEqual(hexOf(viewLengthPrefixedNalUnits(fromHex('0000000165'), 2)), ['65']);
  });

  it('refuses a length that passes the end', () => {
    assert.throws(() => viewLengthPrefixedNalUnits(fromHex('ffffffff65'), 4), MalformedMediaError);
  });
});
