import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { firstGridFrameFrom } from './audio-grid.js';
import { fragmentTargetMs } from './fragment-pace.js';

describe('firstGridFrameFrom', () => {
  const cases: [time: number, timescale: number, sampleRate: number, expected: number][] = [
    [0, 24_000, 48_000, 0],
    [1, 24_000, 48_000, 1],
    [512, 24_000, 48_000, 1],
    [513, 24_000, 48_000, 2],
    [-1, 24_000, 48_000, 0],
    [-513, 24_000, 48_000, -1],
    [6, 1, 44_100, 259], // 264600 / 1024 = 258.4
  ];
  for (const [time, timescale, sampleRate, expected] of cases) {
    it(`is ${expected} for ${time}/${timescale} s at ${sampleRate} Hz`, () => {
      assert.equal(firstGridFrameFrom(time, timescale, sampleRate) + 0, expected);
    });
  }

  it('gives a frame to exactly one of the ranges that tile the timeline', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500_000 }), { minLength: 2, maxLength: 20 }),
        (lengths) => {
          let time = 0;
          const bounds = lengths.map((length) => firstGridFrameFrom((time += length), 24_000, 48_000));
          for (let i = 1; i < bounds.length; i++) assert.ok(bounds[i]! >= bounds[i - 1]!);
          // The owner of a bound starts at or after it, by less than a frame.
          assert.ok(bounds.at(-1)! * 1024 >= time * 2 && (bounds.at(-1)! - 1) * 1024 < time * 2);
        },
      ),
    );
  });
});

describe('fragmentTargetMs', () => {
  it('begins short and becomes steady', () => {
    assert.deepEqual([0, 1, 2, 3, 4, 500].map(fragmentTargetMs), [250, 500, 1000, 2000, 2000, 2000]);
  });
});
