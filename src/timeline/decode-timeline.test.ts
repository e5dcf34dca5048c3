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

const sequence = (...presentation: number[]): PresentedSample[] =>
  presentation.map((presentationTicks, i) => ({ presentationTicks, startsSequence: i === 0 }));

describe('DecodeTimeline', () => {
  it('gives a B-pyramid rising decode times that nothing shifts', () => {
    // I P B b b: presentation order 0 2 3 1... as x264 with b-pyramid stores it.
    const out = run(sequence(0, 400, 200, 100, 300, 800, 600, 500, 700), 2, 100);
    assert.deepEqual(
      out.map((s) => s.decodeTicks),
      [0, 100, 200, 300, 400, 500, 600, 700, 800],
    );
    assert.deepEqual(
      out.map((s) => s.compositionOffset),
      [0, 300, 0, -200, -100, 300, 0, -200, -100],
    );
    assert.deepEqual(
      out.map((s) => s.durationTicks),
      Array<number>(9).fill(100),
    );
  });

  it('lets an open GOP begin at its first leading picture', () => {
    const out = run([...sequence(0, 300, 100, 200), ...sequence(600, 400, 500, 900, 700, 800)], 1, 100);
    assert.deepEqual(
      out.map((s) => s.decodeTicks),
      [0, 100, 200, 300, 400, 500, 600, 700, 800, 900],
    );
    assert.equal(out[4]?.compositionOffset, 200);
  });

  it('keeps variable frame durations', () => {
    const out = run(sequence(0, 17, 33, 83, 100), 0, 20);
    assert.deepEqual(
      out.map((s) => s.durationTicks),
      [17, 16, 50, 17, 20],
    );
  });

  it('repeats the last distance when the last duration is not known', () => {
    assert.equal(run(sequence(0, 40, 80), 0).at(-1)?.durationTicks, 40);
    assert.equal(run(sequence(5), 0).at(-1)?.durationTicks, 1);
  });

  it('separates samples that state the same time', () => {
    assert.deepEqual(
      run(sequence(0, 10, 10, 20), 0, 10).map((s) => s.decodeTicks),
      [0, 10, 11, 20],
    );
  });

  it('recovers when parameter sets understate the reordering', () => {
    const timeline = new DecodeTimeline<PresentedSample>(0);
    const out: TimedSample<PresentedSample>[] = [];
    for (const s of sequence(0, 400, 200, 100, 300, 800, 600, 500, 700, 1200, 1000, 900, 1100))
      timeline.push(s, out);
    timeline.finish(100, out);
    assert.ok(timeline.lateSamples > 0);
    for (let i = 1; i < out.length; i++) assert.ok(out[i]!.decodeTicks > out[i - 1]!.decodeTicks);
    for (const s of out) assert.equal(s.decodeTicks + s.compositionOffset, s.sample.presentationTicks);
  });

  it('holds back no more than the reorder depth and one', () => {
    const timeline = new DecodeTimeline<PresentedSample>(2);
    const out: TimedSample<PresentedSample>[] = [];
    for (const s of sequence(0, 400, 200, 100, 300, 800, 600, 500, 700)) {
      timeline.push(s, out);
      assert.ok(timeline.pending <= 3);
    }
  });

  it('sorts the presentation times of any sequence, and sequences abut', () => {
    const gop = fc.integer({ min: 1, max: 30 }).chain((length) =>
      fc.record({
        order: fc.shuffledSubarray([...Array(length).keys()], { minLength: length, maxLength: length }),
        step: fc.integer({ min: 1, max: 4004 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(gop, { minLength: 1, maxLength: 6 }), (gops) => {
        let start = 0;
        const samples: PresentedSample[] = [];
        let depth = 0;
        for (const { order, step } of gops) {
          // Bring the order within what a picture buffer can hold, then measure it.
          const bounded = boundReordering(order, 16);
          depth = Math.max(depth, reorderDepthOf(bounded));
          bounded.forEach((position, i) =>
            samples.push({ presentationTicks: start + position * step, startsSequence: i === 0 }),
          );
          start += order.length * step;
        }
        const out = run(samples, depth, 1);
        assert.deepEqual(
          out.map((s) => s.decodeTicks),
          samples.map((s) => s.presentationTicks).sort((a, b) => a - b),
        );
        out.forEach((s, i) => {
          assert.equal(s.sample, samples[i]);
          assert.equal(s.decodeTicks + s.compositionOffset, s.sample.presentationTicks);
          if (i + 1 < out.length) assert.equal(s.decodeTicks + s.durationTicks, out[i + 1]!.decodeTicks);
        });
      }),
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
