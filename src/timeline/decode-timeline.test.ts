import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DecodeTimeline, type PresentedSample, type TimedSample } from './decode-timeline.js';

function run(
  samples: readonly PresentedSample[],
  reorderDepth: number,
  lastDurationTicks?: number,
): TimedSample<PresentedSample>[] {
  const timeline = new DecodeTimeline<PresentedSample>(reorderDepth);
  const out: TimedSample<PresentedSample>[] = [];
  for (const sample of samples) timeline.push(sample, out);
  timeline.finish(lastDurationTicks, out);
  return out;
}

const presented = (...presentation: number[]): PresentedSample[] =>
  presentation.map((presentationTicks) => ({ presentationTicks }));

// As x264 stores a B-pyramid: I P B b b, presented 0 4 2 1 3.
const pyramid = presented(0, 400, 200, 100, 300, 800, 600, 500, 700, 1200, 1000, 900, 1100);

describe('DecodeTimeline', () => {
  it('lets decoding run behind, without a negative offset and without a shift', () => {
    const out = run(pyramid, 2, 100);
    assert.deepEqual(
      out.map((s) => s.decodeTicks),
      [0, 33, 66, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
    );
    assert.deepEqual(
      out.map((s) => s.compositionOffset),
      [0, 367, 134, 0, 100, 500, 200, 0, 100, 500, 200, 0, 100],
    );
    assert.deepEqual(
      out.map((s) => s.cutTicks),
      [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1200],
    );
    assert.deepEqual(
      out.map((s) => s.durationTicks),
      [33, 33, 34, 100, 100, 100, 100, 100, 100, 100, 100, 100, 300],
    );
  });

  it('decodes when it presents where nothing is reordered', () => {
    const out = run(presented(0, 17, 33, 83, 100), 0, 20);
    assert.deepEqual(
      out.map((s) => [s.decodeTicks, s.compositionOffset, s.durationTicks]),
      [
        [0, 0, 17],
        [17, 0, 16],
        [33, 0, 50],
        [83, 0, 17],
        [100, 0, 20],
      ],
    );
  });

  it('repeats the last distance when the last duration is not known', () => {
    assert.equal(run(presented(0, 40, 80), 0).at(-1)?.durationTicks, 40);
    assert.equal(run(presented(5), 0).at(-1)?.durationTicks, 1);
  });

  it('separates samples that state the same time', () => {
    assert.deepEqual(
      run(presented(0, 10, 10, 20), 0, 10).map((s) => s.decodeTicks),
      [0, 10, 11, 20],
    );
  });

  it('recovers when parameter sets understate the reordering', () => {
    const timeline = new DecodeTimeline<PresentedSample>(0);
    const out: TimedSample<PresentedSample>[] = [];
    for (const sample of pyramid) timeline.push(sample, out);
    timeline.finish(100, out);
    assert.ok(timeline.lateSamples > 0);
    for (let i = 1; i < out.length; i++) assert.ok(out[i]!.decodeTicks > out[i - 1]!.decodeTicks);
    for (const s of out) assert.equal(s.decodeTicks + s.compositionOffset, s.sample.presentationTicks);
  });

  it('recovers whatever the times are: damage and wrong parameter sets alike', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 4 }),
        (times, depth) => {
          const out = run(presented(...times.map((time) => time * 40)), depth, 40);
          assert.equal(out.length, times.length);
          out.forEach((s, i) => {
            assert.ok(Number.isSafeInteger(s.decodeTicks) && s.durationTicks > 0);
            assert.equal(s.decodeTicks + s.compositionOffset, s.sample.presentationTicks);
            if (i > 0) assert.ok(s.cutTicks > out[i - 1]!.cutTicks);
            if (i > 0) assert.equal(s.decodeTicks, out[i - 1]!.decodeTicks + out[i - 1]!.durationTicks);
          });
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('holds back no more than the reorder depth and one', () => {
    const timeline = new DecodeTimeline<PresentedSample>(2);
    const out: TimedSample<PresentedSample>[] = [];
    for (const sample of pyramid) {
      timeline.push(sample, out);
      assert.ok(timeline.pending <= 3);
    }
  });

  it('gives any valid stream rising decode times, none after its presentation, with durations that tile', () => {
    const gop = fc.integer({ min: 1, max: 30 }).chain((length) =>
      fc.record({
        // What is decoded first of a closed group is presented first.
        order: fc
          .shuffledSubarray([...Array(length - 1).keys()], { minLength: length - 1, maxLength: length - 1 })
          .map((rest) => [0, ...rest.map((position) => position + 1)]),
        step: fc.integer({ min: 20, max: 4004 }),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(gop, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 3 }),
        (gops, slack) => {
          let start = 0;
          let depth = 0;
          const samples: PresentedSample[] = [];
          for (const { order, step } of gops) {
            const bounded = boundReordering(order, 12);
            depth = Math.max(depth, reorderDepthOf(bounded));
            for (const position of bounded) samples.push({ presentationTicks: start + position * step });
            start += order.length * step;
          }
          const out = run(samples, depth + slack, 20);
          const sorted = samples.map((s) => s.presentationTicks).sort((a, b) => a - b);
          assert.deepEqual(
            out.map((s) => s.cutTicks),
            sorted,
          );
          out.forEach((s, i) => {
            assert.equal(s.sample, samples[i]);
            assert.equal(s.decodeTicks + s.compositionOffset, s.sample.presentationTicks);
            assert.ok(s.compositionOffset >= 0);
            assert.ok(s.durationTicks > 0);
            if (i + 1 < out.length) assert.equal(s.decodeTicks + s.durationTicks, out[i + 1]!.decodeTicks);
          });
          assert.equal(out[0]!.decodeTicks, 0);
          assert.equal(out.at(-1)!.decodeTicks + out.at(-1)!.durationTicks, sorted.at(-1)! + 20);
        },
      ),
    );
  });
});

/** The most values that precede another in the list and are greater than it. */
function reorderDepthOf(order: readonly number[]): number {
  return Math.max(
    0,
    ...order.map((value, i) => order.slice(0, i).filter((earlier) => earlier > value).length),
  );
}

/** Moves values forward until none has more than `depth` greater ones before it. */
function boundReordering(order: readonly number[], depth: number): number[] {
  const out: number[] = [];
  const waiting = [...order];
  while (waiting.length > 0) {
    const smallest = Math.min(...waiting);
    const greaterOut = out.filter((value) => value > smallest).length;
    const next = greaterOut >= depth ? smallest : waiting[0]!;
    waiting.splice(waiting.indexOf(next), 1);
    out.push(next);
  }
  return out;
}
