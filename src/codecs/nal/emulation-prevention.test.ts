import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { removeEmulationPrevention } from './emulation-prevention.js';
import { fromHex, toHex } from '../../../test/support/hex.js';

const remove = (hex: string): string => toHex(removeEmulationPrevention(fromHex(hex)));

describe('removeEmulationPrevention', () => {
  it('takes out the 03 after two zeros', () => {
    assert.equal(remove('67000003010000030068'), '6700000100000068');
  });

  it('treats zeros after a removed byte as new', () => {
    assert.equal(remove('00000300000300'), '0000000000');
  });

  it('leaves a 03 after one zero', () => {
    assert.equal(remove('0003000103'), '0003000103');
  });

  it('gives the same bytes back without copying when there is nothing to remove', () => {
    const nal = Uint8Array.of(0x67, 0, 0, 1);
    assert.equal(removeEmulationPrevention(nal), nal);
  });
});
