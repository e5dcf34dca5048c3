import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LimitExceededError } from '../errors.js';
import { planAudioOnly } from './segment-plan-audio.js';
import { planReencoded } from './segment-plan-reencoded.js';
import { planShort } from './segment-plan-short.js';
import { planSegments, type KeyframeTime, type Planning, type SegmentPlan } from './segment-plan.js';

const second = 1000;
const options = { timescale: second, targetTicks: 6 * second };

/** Keyframes at seconds; a letter behind: `x` is known not to be startable, `?` is not known. */
function keyframesAt(...times: (number | string)[]): KeyframeTime[] {
  return times.map((time) => {
    const text = String(time);
    const isStartable = text.endsWith('x') ? false : text.endsWith('?') ? undefined : true;
    return { ticks: Math.round(Number.parseFloat(text) * second), isStartable };
  });
}

function plan(endSeconds: number, ...times: (number | string)[]): Planning {
  return planSegments({ ...options, keyframes: keyframesAt(...times), endTicks: endSeconds * second });
}

function startsOf({ plan: planned }: Planning): number[] | undefined {
  return planned?.starts.map((ticks) => ticks / second);
}

/** Rising keyframes, most of them startable, and an end after the last. */
const film = fc
  .record({
    first: fc.integer({ min: 0, max: 3000 }),
    steps: fc.array(
      fc.record({ ticks: fc.integer({ min: 1, max: 9000 }), kind: fc.integer({ min: 0, max: 9 }) }),
      { maxLength: 60 },
    ),
    tail: fc.integer({ min: 1, max: 9000 }),
  })
  .map(({ first, steps, tail }) => {
    let ticks = first;
    const keyframes: KeyframeTime[] = [{ ticks, isStartable: true }];
    for (const step of steps) {
      ticks += step.ticks;
      keyframes.push({ ticks, isStartable: step.kind === 0 ? false : step.kind < 5 ? undefined : true });
    }
    return { keyframes, endTicks: ticks + tail };
  });

function assertTiles({ starts, end }: { starts: readonly number[]; end: number }): void {
  assert.equal(starts[0], 0);
  for (const [i, start] of starts.entries())
    assert.ok((starts[i + 1] ?? end) > start, `segment ${i} is empty`);
}

describe('planSegments', () => {
  it('cuts at the first keyframe at least the target after the last cut', () => {
    const { plan: planned } = plan(20, 0, 2, 4, 6, 8, 10, 12.5, 14, 18.5);
    assert.deepEqual(planned, {
      timescale: second,
      starts: [0, 6000, 12_500, 18_500],
      end: 20_000,
      keyframes: [0, 3, 6, 8],
    });
  });

  it('begins at zero when the first picture comes later', () => {
    assert.deepEqual(startsOf(plan(10, 0.5, 6.2)), [0, 6.2]);
  });

  it('passes over keyframes that are known not to be startable', () => {
    assert.deepEqual(startsOf(plan(20, 0, '6x', 8, '14x', '15?')), [0, 8, 15]);
  });

  it('begins with the first keyframe whatever is known of it', () => {
    const { plan: planned } = plan(20, '0x', 2, 8);
    assert.deepEqual(
      [planned?.starts, planned?.keyframes],
      [
        [0, 8000],
        [0, 2],
      ],
    );
  });

  it('joins a last segment that is shorter than a fifth of the target to the one before', () => {
    assert.deepEqual(startsOf(plan(13.199, 0, 6, 12)), [0, 6]);
    assert.deepEqual(startsOf(plan(13.2, 0, 6, 12)), [0, 6, 12]);
    assert.deepEqual(startsOf(plan(0.5, 0)), [0], 'the only one stays');
  });

  it('believes a keyframe more than an end that lies before it', () => {
    const { plan: planned } = plan(3, 0, 6, 12);
    assert.deepEqual([planned?.starts, planned?.end], [[0, 6000], 12_001]);
  });

  it('leaves a long picture group whole when there is nothing to cut it by', () => {
    assert.deepEqual(startsOf(plan(100, 0, 60, 66)), [0, 60, 66]);
  });

  it('tells when startable pictures are too rare although there are others', () => {
    const refused = plan(100, 0, 6, '8x', '10x', 19, 25);
    assert.equal(refused.plan, undefined);
    assert.match(refused.needsReencode, /up to 13\.0 seconds apart/);
    assert.ok(plan(100, 0, 6, '8x', '10x', 18, 25).plan, 'twelve seconds are allowed');
    assert.match(plan(60, 0, '6x', '12x').needsReencode!, /60\.0/, 'also up to the end');
    assert.match(plan(60, '0x', '6x', 14).needsReencode!, /14\.0/, 'also from the beginning');
  });

  it('tiles the timeline with segments of at least the target, from keyframes that exist', () => {
    fc.assert(
      fc.property(film, ({ keyframes, endTicks }) => {
        const { plan: planned } = planSegments({ ...options, keyframes, endTicks });
        if (planned === undefined) return;
        assertTiles(planned);
        assert.equal(planned.end, endTicks);
        assert.equal(planned.keyframes.length, planned.starts.length);
        for (const [i, start] of planned.starts.entries()) {
          const keyframe = keyframes[planned.keyframes[i]!]!;
          assert.ok(i === 0 || (keyframe.ticks === start && keyframe.isStartable !== false));
          const next = planned.starts[i + 1];
          if (next !== undefined) assert.ok(next - start >= options.targetTicks);
        }
      }),
    );
  });

  it('keeps its cuts when keyframes are added at the end', () => {
    fc.assert(
      fc.property(film, fc.nat(), ({ keyframes, endTicks }, seed) => {
        const count = 1 + (seed % keyframes.length);
        const whole = planSegments({ ...options, keyframes, endTicks });
        const part = planSegments({
          ...options,
          keyframes: keyframes.slice(0, count),
          endTicks: keyframes[count]?.ticks ?? endTicks,
        });
        if (whole.plan === undefined || part.plan === undefined) return;
        const common = part.plan.starts.length;
        // A last segment may have been joined: only the whole film knows of the one after it.
        assert.ok(whole.plan.starts.length >= common || count === keyframes.length);
        assert.deepEqual(whole.plan.starts.slice(0, common), part.plan.starts);
        assert.deepEqual(whole.plan.keyframes.slice(0, common), part.plan.keyframes);
      }),
    );
  });

  it('refuses more segments than a playlist can hold', () => {
    const keyframes = Array.from({ length: 100_002 }, (_, n) => ({ ticks: n * 6000, isStartable: true }));
    assert.throws(() => planSegments({ ...options, keyframes, endTicks: 1e9 }), LimitExceededError);
  });
});

describe('planReencoded', () => {
  const reencoded = (endSeconds: number, frameTicks: number | undefined, ...times: number[]): SegmentPlan =>
    planReencoded({
      ...options,
      keyframes: keyframesAt(...times),
      endTicks: endSeconds * second,
      frameTicks,
    });

  it('cuts at keyframes, startable or not, and every six seconds where there are none', () => {
    const { starts, keyframes } = reencoded(60, undefined, 0, 5, 7, 20, 45, 51);
    assert.deepEqual(starts, [0, 7000, 13_000, 20_000, 26_000, 32_000, 38_000, 45_000, 51_000, 57_000]);
    assert.deepEqual(keyframes, [0, 2, 2, 3, 3, 3, 3, 4, 5, 5]);
  });

  it('cuts between keyframes where a picture begins, if pictures have a constant distance', () => {
    const { starts } = reencoded(30, 40, 0.02);
    assert.deepEqual(starts, [0, 6020, 12_020, 18_020, 24_020]);
  });

  it('joins a last segment that is too short', () => {
    assert.deepEqual(reencoded(13, undefined, 0).starts, [0, 6000]);
  });

  it('tiles the timeline, and no segment is longer than twice the target and a joined rest', () => {
    fc.assert(
      fc.property(film, fc.integer({ min: 1, max: 200 }), ({ keyframes, endTicks }, frameTicks) => {
        const planned = planReencoded({ ...options, keyframes, endTicks, frameTicks });
        assertTiles(planned);
        for (const [i, start] of planned.starts.entries()) {
          const length = (planned.starts[i + 1] ?? planned.end) - start;
          assert.ok(length < 2 * options.targetTicks + options.targetTicks / 5);
          const keyframe = planned.keyframes[i]!;
          assert.ok(keyframe === 0 || keyframes[keyframe]!.ticks <= start);
          assert.ok((keyframes[keyframe + 1]?.ticks ?? Infinity) > start);
        }
      }),
    );
  });

  it('refuses a duration that would never end', () => {
    assert.throws(() => reencoded(Number.MAX_SAFE_INTEGER / second, undefined, 0), LimitExceededError);
  });
});

describe('planShort', () => {
  const short = (endSeconds: number, frameTicks: number | undefined, ...times: number[]): SegmentPlan =>
    planShort({
      timescale: second,
      keyframes: keyframesAt(...times),
      endTicks: endSeconds * second,
      targetTicks: 3 * second,
      openingTicks: 2 * second,
      frameTicks,
    });

  it('begins with a shorter segment, and cuts at keyframes, startable or not', () => {
    const { starts, keyframes } = short(15, undefined, 0, 2, 4, 5, 9, 12);
    assert.deepEqual(starts, [0, 2000, 5000, 9000, 12_000]);
    assert.deepEqual(keyframes, [0, 1, 3, 4, 5]);
  });

  it('cuts between keyframes that are far apart, at pictures', () => {
    const { starts, keyframes } = short(13, 40, 0.02, 10.02);
    assert.deepEqual(starts, [0, 2020, 5020, 10_020]);
    assert.deepEqual(keyframes, [0, 0, 0, 1]);
  });

  it('makes longer segments of what takes long to be decoded for them', () => {
    assert.deepEqual(
      short(30, undefined, 0).starts,
      [0, 2000, 5000, 8000, 11_000, 14_000, 17_500, 21_875, 27_344],
    );
    assert.deepEqual(short(48, undefined, 0, 40).starts.slice(-4), [27_344, 40_000, 43_000, 46_000]);
  });

  it('tiles the timeline, and decodes no more than four times what a segment shows before it', () => {
    fc.assert(
      fc.property(film, fc.integer({ min: 1, max: 200 }), ({ keyframes, endTicks }, frameTicks) => {
        const request = { ...options, targetTicks: 3 * second, openingTicks: 2 * second, frameTicks };
        const planned = planShort({ ...request, keyframes, endTicks });
        assertTiles(planned);
        for (const [i, start] of planned.starts.slice(0, -1).entries()) {
          const keyframe = planned.keyframes[i]!;
          assert.ok(keyframe === 0 || keyframes[keyframe]!.ticks <= start);
          assert.ok((keyframes[keyframe + 1]?.ticks ?? Infinity) > start);
          const length = planned.starts[i + 1]! - start;
          assert.ok(length >= 2 * second);
          const isAtKeyframe = keyframes.some(({ ticks }) => ticks === planned.starts[i + 1]);
          assert.ok(isAtKeyframe || length * 4 >= start - keyframes[keyframe]!.ticks);
        }
      }),
    );
  });

  it('refuses a duration that would never end', () => {
    const keyframes = keyframesAt(...Array.from({ length: 120_000 }, (_, n) => 3 * n));
    const request = { ...options, targetTicks: 3 * second, openingTicks: 2 * second };
    assert.throws(() => planShort({ ...request, keyframes, endTicks: 1e9 }), LimitExceededError);
  });
});

describe('planAudioOnly', () => {
  it('cuts segments of the same number of whole frames', () => {
    const planned = planAudioOnly({ rate: 48_000, frameSamples: 1024, endTicks: 48_000 * 20 });
    // 282 frames of 1024 samples are the fewest that last 6 s.
    assert.deepEqual(planned, {
      timescale: 48_000,
      starts: [0, 288_768, 577_536, 866_304],
      end: 960_000,
      keyframes: [],
    });
  });

  it('joins a last segment that is too short, and has at least one', () => {
    const frames = { rate: 44_100, frameSamples: 1 };
    assert.deepEqual(planAudioOnly({ ...frames, endTicks: 44_100 * 13 }).starts, [0, 264_600]);
    assert.deepEqual(planAudioOnly({ ...frames, endTicks: 0 }), {
      timescale: 44_100,
      starts: [0],
      end: 1,
      keyframes: [],
    });
  });

  it('refuses a duration that would never end', () => {
    const request = { rate: 48_000, frameSamples: 1024, endTicks: Number.MAX_SAFE_INTEGER };
    assert.throws(() => planAudioOnly(request), LimitExceededError);
  });
});
