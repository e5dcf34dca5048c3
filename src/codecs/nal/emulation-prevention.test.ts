import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addEmulationPrevention, removeEmulationPrevention } from './emulation-prevention.js';
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

describe('addEmulationPrevention', () => {
  const add = (hex: string): string => toHex(addEmulationPrevention(fromHex(hex)));

  it('parts two zeros from what could be a start code or a prevention byte', () => {
    assert.equal(add('67000001'), '6700000301');
    assert.equal(add('6700000000'), '670000030000');
    assert.equal(add('67000003'), '6700000303');
  });

  it('leaves what needs none', () => {
    const nal = Uint8Array.of(0x67, 0, 0, 4, 0, 1);
    assert.equal(addEmulationPrevention(nal), nal);
  });

  it('is undone by taking them out, and leaves no start code', () => {
    const bytes = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 255), { maxLength: 60 });
    fc.assert(
      fc.property(bytes, (list) => {
        const nal = Uint8Array.from([0x06, ...list, 0x80]);
        const escaped = addEmulationPrevention(nal);
        assert.deepEqual(removeEmulationPrevention(escaped), nal);
        assert.doesNotMatch(toHex(escaped).replaceAll(/(..)/g, '$1 '), /00 00 0[012]/);
      }),
    );
  });
});
