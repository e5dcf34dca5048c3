import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { convertAnnexBToLengthPrefixed, startsWithStartCode, viewAnnexBNalUnits } from './annex-b.js';
import { viewLengthPrefixedNalUnits } from './length-prefixed.js';
import { fromHex, toHex } from '../../../test/support/hex.js';

describe('viewAnnexBNalUnits', () => {
  it('takes start codes of three and four bytes and leaves trailing zeros out', () => {
    const units = viewAnnexBNalUnits(fromHex('00000001 67aabb 000001 68cc 0000 000001 65dd00ee 000000'));
    assert.deepEqual(
      units.map((unit) => toHex(unit)),
      ['67aabb', '68cc', '65dd00ee'],
    );
  });

  it('finds nothing where there is no start code', () => {
    assert.deepEqual(viewAnnexBNalUnits(fromHex('0000036801')), []);
  });

  it('shares memory with the stream', () => {
    const stream = fromHex('000001 6742');
    assert.equal(viewAnnexBNalUnits(stream)[0]!.buffer, stream.buffer);
  });
});

describe('convertAnnexBToLengthPrefixed', () => {
  it('writes four-byte lengths', () => {
    const converted = convertAnnexBToLengthPrefixed(fromHex('00000001 09f0 000001 65dd'));
    assert.equal(toHex(converted), '0000000209f00000000265dd');
  });

  it('keeps every NAL unit whatever they hold', () => {
    // Emulation prevention keeps zeros pairs out of real units, and none ends in zero.
    const unit = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .map((data) =>
        data.map((byte, i) => (byte === 0 && (data[i - 1] === 0 || i === data.length - 1) ? 7 : byte)),
      )
      .filter((data) => viewAnnexBNalUnits(Uint8Array.of(0, 0, 1, ...data)).length === 1);
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 8 }), (units) => {
        const stream = Uint8Array.from(units.flatMap((data) => [0, 0, 1, ...data]));
        const back = viewLengthPrefixedNalUnits(convertAnnexBToLengthPrefixed(stream), 4);
        assert.deepEqual(
          back.map((view) => [...view]),
          units.map((data) => [...data]),
        );
      }),
    );
  });
});

describe('startsWithStartCode', () => {
  it('tells a byte stream from a configuration record', () => {
    assert.equal(startsWithStartCode(fromHex('0000000167')), true);
    assert.equal(startsWithStartCode(fromHex('00000167')), true);
    assert.equal(startsWithStartCode(fromHex('0142c00a')), false);
    assert.equal(startsWithStartCode(fromHex('0001600000')), false);
  });
});
