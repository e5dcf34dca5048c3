import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildDownmix } from './downmix.js';

const H = Math.SQRT1_2;

/** Rows of a matrix, rounded for comparison. */
function rows(mask: bigint, channels: number, output: 2 | 6): number[][] {
  const { gains } = buildDownmix(mask, channels, output);
  return Array.from({ length: output }, (_, row) => gains.slice(row * channels, (row + 1) * channels));
}

describe('the downmix', () => {
  it('of 5.1 to stereo has the levels of ITU-R BS.775: centre and surrounds at -3 dB, no LFE', () => {
    // FL FR FC LFE and back or side pair
    for (const mask of [0x3fn, 0x60fn]) {
      assert.deepEqual(rows(mask, 6, 2), [
        [1, 0, H, 0, H, 0],
        [0, 1, H, 0, 0, H],
      ]);
    }
  });

  it('of stereo changes nothing', () => {
    assert.deepEqual(rows(0x3n, 2, 2), [
      [1, 0],
      [0, 1],
    ]);
    assert.equal(buildDownmix(0x3n, 2, 2).canOverload, false);
  });

  it('plays mono from both speakers as it is', () => {
    assert.deepEqual(rows(0x4n, 1, 2), [[1], [1]]);
    assert.deepEqual(rows(0n, 1, 2), [[1], [1]]);
  });

  it('puts mono into the centre of 5.1', () => {
    assert.deepEqual(rows(0x4n, 1, 6), [[0], [0], [1], [0], [0], [0]]);
  });

  it('folds the sides and backs of 7.1 together at equal power', () => {
    // FL FR FC LFE BL BR SL SR
    const [left, right] = rows(0x63fn, 8, 2);
    assert.deepEqual(left, [1, 0, H, 0, H * H, 0, H * H, 0]);
    assert.deepEqual(right, [0, 1, H, 0, 0, H * H, 0, H * H]);
    assert.deepEqual(rows(0x63fn, 8, 6)[4], [0, 0, 0, 0, H, 0, H, 0]);
  });

  it('splits the back centre of 6.1 between the surrounds', () => {
    // FL FR FC LFE BC SL SR
    assert.deepEqual(rows(0x70fn, 7, 6)[4], [0, 0, 0, 0, H, 1, 0]);
    assert.deepEqual(rows(0x70fn, 7, 6)[5], [0, 0, 0, 0, H, 0, 1]);
  });

  it('knows quad, 5.0, 2.1 and front-of-centre channels', () => {
    assert.deepEqual(rows(0x33n, 4, 2)[0], [1, 0, H, 0]);
    assert.deepEqual(rows(0x607n, 5, 2)[0], [1, 0, H, H, 0]);
    assert.deepEqual(rows(0xbn, 3, 2)[0], [1, 0, 0]);
    // FL FR FC LFE FLC FRC SL SR: left of centre is half left, half centre
    assert.deepEqual(rows(0x6cfn, 8, 6)[0], [1, 0, 0, 0, H, 0, 0, 0]);
    assert.deepEqual(rows(0x6cfn, 8, 6)[2], [0, 0, 1, 0, H, H, 0, 0]);
  });

  it('passes 5.1 to 5.1 through', () => {
    const { gains, canOverload } = buildDownmix(0x3fn, 6, 6);
    assert.deepEqual(
      gains,
      Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 1 : 0)),
    );
    assert.equal(canOverload, false);
  });

  it('assumes the usual layout where only a number is known, and left and right beyond that', () => {
    assert.deepEqual(rows(0n, 6, 2), rows(0x3fn, 6, 2));
    assert.deepEqual(rows(0n, 12, 2)[0]!.slice(0, 3), [1, 0, 0]);
    assert.deepEqual(rows(0n, 12, 2)[1]!.slice(0, 3), [0, 1, 0]);
  });

  it('says where a mix can overload', () => {
    assert.equal(buildDownmix(0x3fn, 6, 2).canOverload, true);
    assert.equal(buildDownmix(0x63fn, 8, 6).canOverload, true);
  });
});
