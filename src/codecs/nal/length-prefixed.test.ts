import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMediaError } from '../../errors.js';
import { viewLengthPrefixedNalUnits, widenNalLengths } from './length-prefixed.js';
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

describe('widenNalLengths', () => {
  it('makes lengths of 1 and 2 bytes those of 4, empty units kept', () => {
    assert.equal(toHex(widenNalLengths(fromHex('0209f0000165'), 1)), '0000000209f0000000000000000165');
    assert.equal(toHex(widenNalLengths(fromHex('000209f0000165'), 2)), '0000000209f00000000165');
  });

  it('cuts a unit off where its sample ends', () => {
    assert.equal(toHex(widenNalLengths(fromHex('00ff65'), 2)), '0000000165');
    assert.equal(toHex(widenNalLengths(fromHex('0001650007'), 2)), '000000016500000000');
  });
});
