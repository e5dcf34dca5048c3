import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AudioPlacement } from './audio-placement.js';

const ms = 1_000_000;
const matroska = { timescale: 1e9, timePrecision: ms };

describe('AudioPlacement', () => {
  it('undoes the rounding to milliseconds for hours', () => {
    const placement = new AudioPlacement(matroska, 44_100);
    for (let n = 0; n < 500_000; n++) {
      const stored = Math.round((n * 1024 * 1000) / 44_100) * ms;
      assert.equal(placement.place(n, stored, 1024, true).startTicks, n * 1024);
    }
    assert.equal(placement.jumps, 0);
  });

  it('keeps a late start and a gap, to the sample', () => {
    const placement = new AudioPlacement(matroska, 48_000);
    const starts = [1500, 1532, 1564, 5000, 5032].map(
      (t) => placement.place(null, t * ms, 1536, true).startTicks,
    );
    assert.deepEqual(starts, [72_000, 73_536, 75_072, 240_000, 241_536]);
    assert.equal(placement.jumps, 1);
  });

  it('goes back where packets overlap, and still rises', () => {
    const placement = new AudioPlacement(matroska, 48_000);
    const starts = [0, 32, 10, 10].map((t) => placement.place(null, t * ms, 1536, true).startTicks);
    assert.deepEqual(starts, [0, 1536, 1537, 1538]);
  });

  it('takes back a jump that the next packet contradicts, and no other', () => {
    const placement = new AudioPlacement(matroska, 48_000);
    for (const t of [0, 32]) placement.place(null, t * ms, 1536, true);
    assert.equal(placement.place(null, 76 * ms, 1536, true).startTicks, 3648);
    assert.equal(placement.takeBackJump(96 * ms), 3072);
    assert.equal(placement.takeBackJump(96 * ms), undefined);
    assert.equal(placement.place(null, 96 * ms, 1536, true).startTicks, 4608);
    assert.equal(placement.jumps, 0);
    assert.equal(placement.place(null, 500 * ms, 1536, true).startTicks, 24_000);
    assert.equal(placement.takeBackJump(532 * ms), undefined);
    assert.equal(placement.place(null, 532 * ms, 1536, true).startTicks, 25_536);
  });

  it('bounds the drift of a clock that is not the one of the samples', () => {
    const placement = new AudioPlacement(matroska, 48_000);
    for (let n = 0; n < 100_000; n++) {
      const trueMs = n * 21.3355; // 100 parts in a million slow
      const { startTicks } = placement.place(null, Math.round(trueMs) * ms, 1024, true);
      assert.ok(Math.abs(startTicks / 48 - trueMs) <= 6, `packet ${n}`);
    }
  });

  it('lets the frames of a lace follow one another', () => {
    const placement = new AudioPlacement(matroska, 48_000);
    const starts = [0, 1, 2, 3].map((i) => placement.place(null, 700 * ms, 1024, i === 0).startTicks);
    assert.deepEqual(starts, [33_600, 34_624, 35_648, 36_672]);
  });

  it('takes the stated time where the packet length is not known', () => {
    const placement = new AudioPlacement(matroska, 48_000);
    const starts = [0, 20, 45].map((t) => placement.place(null, t * ms, undefined, true).startTicks);
    assert.deepEqual(starts, [0, 960, 2160]);
  });

  it('puts packets of unknown length whole frames apart', () => {
    const placement = new AudioPlacement(matroska, 44_100, 2048);
    const times = [0, 46, 186, 232, 372].map(
      (t) => placement.place(null, t * ms, undefined, true).startTicks,
    );
    assert.deepEqual(times, [0, 2048, 8192, 10_240, 16_384]);
    // A real gap is none of them.
    assert.equal(placement.place(null, 1000 * ms, undefined, true).startTicks, 44_100);
  });
});
