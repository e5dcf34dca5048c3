import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LimitExceededError } from '../errors.js';
import { firstGridFrameFrom } from './audio-grid.js';
import { copiedAudioTiming, gridAudioTiming, videoTiming } from './rendition-timing.js';
import type { SegmentPlan } from './segment-plan.js';

const film: SegmentPlan = {
  timescale: 24_000,
  starts: [0, 144_144, 288_288],
  end: 432_432, // 18.018 s
  keyframes: [0, 6, 12],
};
const aac = { rate: 48_000, frameSamples: 1024 };

const anyPlan = fc
  .record({
    timescale: fc.constantFrom(1000, 24_000, 90_000, 60_000),
    lengths: fc.array(fc.integer({ min: 1, max: 12_000 }), { minLength: 1, maxLength: 30 }),
  })
  .map(({ timescale, lengths }): SegmentPlan => {
    const starts: number[] = [];
    let ticks = 0;
    for (const length of lengths) {
      starts.push(ticks);
      ticks += Math.ceil((length * timescale) / 1000);
    }
    return { timescale, starts, end: ticks, keyframes: starts.map((_, i) => i) };
  });

describe('videoTiming', () => {
  it('is the plan', () => {
    const { keyframes, ...times } = film;
    assert.equal(keyframes.length, 3);
    assert.deepEqual(videoTiming(film), times);
  });
});

describe('gridAudioTiming', () => {
  it('begins each segment with the first frame at or after the plan’s start', () => {
    // 6.006 s are 281.53 frames, 12.012 s are 563.06, 18.018 s are 844.59.
    assert.deepEqual(gridAudioTiming(film, { ...aac, endTicks: 864_000 }), {
      timescale: 48_000,
      starts: [0, 282 * 1024, 564 * 1024],
      end: 845 * 1024,
    });
  });

  it('reaches to the end of the audio when that is later', () => {
    assert.equal(gridAudioTiming(film, { ...aac, endTicks: 900_000 }).end, 879 * 1024);
  });

  it('adds segments when the audio is longer than the plan by more than the target', () => {
    const { starts, end } = gridAudioTiming(film, { ...aac, endTicks: 48_000 * 38 });
    assert.deepEqual(
      starts.map((start) => start / 1024),
      [0, 282, 564, 845, 1127, 1409, 1691],
    );
    assert.equal(end, 1782 * 1024);
    assert.equal(
      gridAudioTiming(film, { ...aac, endTicks: 48_000 * 24 }).starts.length,
      3,
      'not yet at 24 s',
    );
  });

  it('drops a segment that no frame begins in', () => {
    const dense: SegmentPlan = {
      timescale: 1000,
      starts: [0, 1, 5, 6000],
      end: 6001,
      keyframes: [0, 1, 2, 3],
    };
    const { starts, end } = gridAudioTiming(dense, { ...aac, endTicks: 0 });
    assert.deepEqual([starts, end], [[0, 1024], 282 * 1024]);
  });

  it('tiles the timeline, and gives each frame to the segment whose planned range it begins in', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 0, max: 10_000_000 }), (plan, endTicks) => {
        const { starts, end } = gridAudioTiming(plan, { ...aac, endTicks });
        assert.equal(starts[0], 0);
        assert.ok(end >= endTicks && end * plan.timescale >= plan.end * 48_000 && end % 1024 === 0);
        for (const [i, start] of starts.entries()) {
          assert.ok((starts[i + 1] ?? end) > start && start % 1024 === 0);
        }
        const planned = new Set(
          [...plan.starts, plan.end].map((t) => firstGridFrameFrom(t, plan.timescale, 48_000)),
        );
        for (const start of starts.filter((one) => one * plan.timescale <= plan.end * 48_000)) {
          assert.ok(planned.has(start / 1024));
        }
      }),
    );
  });

  it('refuses audio that would never end', () => {
    const endTicks = Number.MAX_SAFE_INTEGER - 2048;
    assert.throws(() => gridAudioTiming(film, { ...aac, endTicks }), LimitExceededError);
  });
});

describe('copiedAudioTiming', () => {
  it('begins each segment with the first packet at or after the plan’s start', () => {
    // AC-3 of 32 ms, first at 10 ms: 6.006 s is in packet 187, 12.012 s in packet 375.
    const timing = copiedAudioTiming(film, {
      rate: 48_000,
      frameSamples: 1536,
      anchorTicks: 480,
      endTicks: 864_480,
    });
    assert.deepEqual(timing, {
      timescale: 48_000,
      starts: [0, 480 + 188 * 1536, 480 + 376 * 1536],
      end: 864_480,
    });
  });

  it('takes the plan’s own times where packets differ in length', () => {
    const timing = copiedAudioTiming(film, {
      rate: 44_100,
      frameSamples: undefined,
      anchorTicks: 100,
      endTicks: 793_800,
    });
    assert.deepEqual(timing.starts, [0, 264_865, 529_730]); // 264864.6 and 529729.2, rounded up
  });

  it('leaves no segment empty when the audio begins late or ends early', () => {
    const late = { ...aac, anchorTicks: 48_000 * 7, endTicks: 864_000 };
    assert.deepEqual(copiedAudioTiming(film, late).starts, [0, 336_000 + 235 * 1024]);
    const onTime = { ...aac, anchorTicks: 288_288, endTicks: 864_000 };
    assert.deepEqual(copiedAudioTiming(film, onTime).starts, [0, 288_288 + 282 * 1024]);
    const early = { ...aac, anchorTicks: 0, endTicks: 300 * 1024 };
    assert.deepEqual(copiedAudioTiming(film, early).starts, [0, 282 * 1024]);
    const first = { ...aac, anchorTicks: 0, endTicks: 282 * 1024 };
    assert.deepEqual(copiedAudioTiming(film, first).starts, [0], 'nothing begins at the second start');
  });

  it('adds segments when the audio is longer than the plan, also when it begins after it', () => {
    const long = copiedAudioTiming(film, { ...aac, anchorTicks: 0, endTicks: 1700 * 1024 });
    assert.deepEqual(
      long.starts.map((start) => start / 1024),
      [0, 282, 564, 845, 1127, 1409],
    );
    const after = copiedAudioTiming(film, { ...aac, anchorTicks: 1024 * 1000, endTicks: 1024 * 1600 });
    assert.deepEqual(
      after.starts.map((start) => start / 1024),
      [0, 1282],
    );
  });

  it('has at least one packet in every segment', () => {
    const packets = fc.record({
      frameSamples: fc.constantFrom(undefined, 1, 960, 1024, 1536, 4608),
      anchorTicks: fc.integer({ min: 0, max: 2_000_000 }),
      count: fc.integer({ min: 0, max: 3000 }),
    });
    fc.assert(
      fc.property(anyPlan, packets, (plan, { frameSamples, anchorTicks, count }) => {
        const step = frameSamples ?? 1;
        const endTicks = anchorTicks + count * step;
        const { starts, end } = copiedAudioTiming(plan, {
          rate: 48_000,
          frameSamples,
          anchorTicks,
          endTicks,
        });
        assert.equal(starts[0], 0);
        for (const [i, start] of starts.entries()) {
          const next = starts[i + 1] ?? end;
          const firstPacket = anchorTicks + Math.max(0, Math.ceil((start - anchorTicks) / step)) * step;
          assert.ok(firstPacket < next && next > start, `segment ${i}`);
        }
      }),
    );
  });
});
