import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../errors.js';
import { toHex } from '../../test/support/hex.js';
import { box, containerBox, fullBox, writeBoxes, writeNothing } from './box.js';

describe('box', () => {
  it('nests fields, children and absent children', () => {
    const inner = box('free', 1, (writer) => writer.u8(0xaa));
    const middle = fullBox('meta', 1, 0x203, 2, (writer) => writer.u16(0xbbbb), [undefined, inner]);
    assert.equal(
      toHex(writeBoxes([containerBox('udta', [middle])])),
      '0000001f75647461' + '000000176d657461' + '01000203' + 'bbbb' + '0000000966726565' + 'aa',
    );
  });

  it('refuses a box whose fields are not what was announced', () => {
    assert.throws(() => writeBoxes([box('free', 2, (writer) => writer.u8(0))]), InvariantError);
    assert.throws(() => writeBoxes([box('free', 0, (writer) => writer.u8(0))]), InvariantError);
  });

  it('refuses a size beyond 32 bits', () => {
    assert.throws(() => box('free', 2 ** 32 - 8, writeNothing), InvariantError);
  });
});
