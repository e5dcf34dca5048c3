import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCadence } from './cadence.js';
import { recognizeFrameRate } from './frame-rate.js';
import { rescale } from './rescale.js';

const ms = 1_000_000;
const matroska = { timescale: 1e9, timePrecision: ms };

describe('recognizeFrameRate', () => {
  const cases: [durationNs: number, expected: string | undefined][] = [
    [41_708_333, '24000/1001'], // mkvmerge
    [41_708_375, '24000/1001'], // 1 s / 23.976, as some muxers divide
    [41_666_666, '24/1'],
    [40_000_000, '25/1'],
    [33_366_666, '30000/1001'],
    [33_333_333, '30/1'],
    [16_683_333, '60000/1001'],
    [16_666_666, '60/1'],
    [8_341_666, '120000/1001'],
    [1_000_000_000, '1/1'],
    [42_000_000, undefined], // a duration rounded to milliseconds says nothing
    [0, undefined],
    [Number.NaN, undefined],
    [1, undefined],
  ];
  for (const [durationNs, expected] of cases) {
    it(`takes ${durationNs} ns for ${expected ?? 'no known rate'}`, () => {
      const rate = recognizeFrameRate(durationNs);
      assert.equal(rate && `${rate.numerator}/${rate.denominator}`, expected);
    });
  }
});

describe('createCadence', () => {
  it('gives NTSC film its exact times, whether the muxer rounded or truncated', () => {
    for (const round of [Math.round, Math.floor]) {
      const cadence = createCadence({ ...matroska, defaultDuration: 41_708_333 }, 0);
      assert.equal(cadence.timescale, 24_000);
      for (let n = 0; n < 200_000; n += 37) {
        const stored = round((n * 1001 * 1000) / 24_000) * ms;
        assert.equal(cadence.toTicks(stored), n * 1001);
      }
    }
  });

  it('follows a grid that does not pass through zero', () => {
    const cadence = createCadence({ ...matroska, defaultDuration: 40_000_000 }, 21 * ms);
    assert.deepEqual(
      [21, 61, 101].map((t) => cadence.toTicks(t * ms)),
      [525, 1525, 2525],
    );
  });

  it('leaves a time off the grid as it is', () => {
    const cadence = createCadence({ ...matroska, defaultDuration: 41_708_333 }, 0);
    assert.equal(cadence.toTicks(60 * ms), rescale(60 * ms, 1e9, 24_000));
  });

  it('keeps the milliseconds of a track without a known rate', () => {
    const cadence = createCadence({ ...matroska, defaultDuration: undefined }, 0);
    assert.equal(cadence.timescale, 90_000);
    assert.deepEqual(
      [0, 17, 33, 50].map((t) => cadence.toTicks(t * ms)),
      [0, 1530, 2970, 4500],
    );
  });

  it('does not force a grid on times coarser than it can tell apart', () => {
    const coarse = createCadence({ timescale: 1e9, timePrecision: 10 * ms, defaultDuration: 16_666_666 }, 0);
    assert.equal(coarse.ticksPerFrame, undefined);
  });

  it('stays true when a file runs at the rounded rate that it states', () => {
    // 1 s / 23.976 exactly: one part in a million beside 24000/1001. After an hour the grid no longer explains it.
    const cadence = createCadence({ ...matroska, defaultDuration: 41_708_375 }, 0);
    for (let n = 0; n < 200_000; n += 101) {
      const stored = Math.round(n * 41.708375) * ms;
      const error = Math.abs(cadence.toTicks(stored) / 24_000 - stored / 1e9);
      assert.ok(error <= 0.001, `frame ${n} is ${error} s off`);
    }
  });

  it('keeps exact times as they are, of a constant rate too', () => {
    const mp4 = createCadence({ timescale: 12_800, timePrecision: 1, defaultDuration: 512 }, 0);
    assert.equal(mp4.timescale, 12_800);
    assert.equal(mp4.ticksPerFrame, 512);
    assert.deepEqual(mp4.frameRate, { numerator: 25, denominator: 1 });
    // One tick off the grid is what the file says, and no rounding.
    assert.deepEqual(
      [0, 512, 1025, 1536].map((time) => mp4.toTicks(time)),
      [0, 512, 1025, 1536],
    );
    const transport = createCadence({ timescale: 90_000, timePrecision: 1, defaultDuration: undefined }, 0);
    assert.deepEqual(
      [0, 3753, 7507].map((time) => transport.toTicks(time)),
      [0, 3753, 7507],
    );
  });

  it('leaves room between exact times in coarse ticks', () => {
    const coarse = createCadence({ timescale: 30, timePrecision: 1, defaultDuration: 1 }, 0);
    assert.equal(coarse.timescale, 10_020);
    assert.equal(coarse.ticksPerFrame, 334);
    assert.equal(coarse.toTicks(7), 7 * 334);
  });
});
