import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { firstDecodeTicks, segmentStartTicks, timeSegment } from './segment-timeline.js';

const frame = 1001;

/** Presentation times of pictures in decode order, given as places in presentation order. */
function at(...places: number[]): number[] {
  return places.map((place) => place * frame);
}

/** Decode times, from what a fragment states. */
function decodeTicksOf(startTicks: number, durations: readonly number[]): number[] {
  let ticks = startTicks;
  return durations.map((duration) => (ticks += duration) - duration);
}

/** A group of pictures that references build up like a tree: each anchor is followed by the pictures before it. */
function pyramid(from: number, to: number, places: number[]): void {
  if (from > to) return;
  const middle = (from + to) >>> 1;
  places.push(middle);
  pyramid(from, middle - 1, places);
  pyramid(middle + 1, to, places);
}

/** Places of a segment's pictures: the first, with `leading` pictures before it, and mini-groups of pyramids behind. */
const orders = fc
  .record({
    leading: fc.integer({ min: 0, max: 7 }),
    groups: fc.array(fc.integer({ min: 1, max: 16 }), { maxLength: 20 }),
  })
  .map(({ leading, groups }) => {
    const places = [leading];
    pyramid(0, leading - 1, places);
    let from = leading + 1;
    for (const length of groups) {
      places.push(from + length - 1);
      pyramid(from, from + length - 2, places);
      from += length;
    }
    return { places, leading };
  });

/** Times of pictures in presentation order: constant, or with steps of any kind. */
const steps = fc.oneof(
  fc.integer({ min: 40, max: 90_000 }).map((step) => () => step),
  fc.array(fc.integer({ min: 20, max: 9000 }), { minLength: 1, maxLength: 40 }).map(
    (list) =>
      (i: number): number =>
        list[i % list.length]!,
  ),
);

describe('timeSegment', () => {
  it('times pictures in order by their own times', () => {
    const times = timeSegment(at(0, 1, 2), 0, 3 * frame);
    assert.deepEqual(times, { durations: [frame, frame, frame], compositionOffsets: [0, 0, 0] });
  });

  it('decodes as far ahead as the order of the segment needs, and lasts to its end', () => {
    // I P B b b: two pictures precede the first b and follow it.
    const { durations, compositionOffsets } = timeSegment(at(10, 14, 12, 11, 13), 10 * frame, 15 * frame);
    const third = [333, 334, 334];
    // The last but for one waits, so that the last does not pass the end.
    assert.deepEqual(durations, [...third, 2 * frame, 2 * frame]);
    const decode = decodeTicksOf(10 * frame, durations);
    assert.deepEqual(
      compositionOffsets,
      at(10, 14, 12, 11, 13).map((ticks, i) => ticks - decode[i]!),
    );
  });

  it('begins before the leading pictures, early enough for each', () => {
    const presentation = at(4, 2, 1, 3, 8, 6, 5, 7);
    const start = segmentStartTicks(presentation.slice(0, 4));
    assert.equal(start, frame - 2);
    const { durations, compositionOffsets } = timeSegment(presentation, start, 9 * frame);
    const decode = decodeTicksOf(start, durations);
    assert.deepEqual(decode.slice(0, 4), [frame - 2, frame - 1, frame, 2 * frame]);
    assert.ok(compositionOffsets.every((offset) => offset >= 0));
  });

  // Durations worked out by hand, in sixths of a picture's.
  const endings: readonly { behind: string; places: readonly number[]; sixths: readonly number[] }[] = [
    { behind: 'pictures in order', places: [0, 1, 2, 3], sixths: [6, 6, 6, 6] },
    { behind: 'a B picture', places: [0, 2, 1, 4, 3], sixths: [3, 3, 6, 6, 12] },
    { behind: 'two B pictures', places: [0, 3, 1, 2, 6, 4, 5], sixths: [3, 3, 6, 6, 6, 6, 12] },
    { behind: 'what follows a pyramid', places: [0, 4, 2, 1, 3, 5, 6], sixths: [2, 2, 2, 6, 12, 12, 6] },
    {
      behind: 'a pyramid and a last picture',
      places: [0, 4, 2, 1, 3, 8, 6, 5, 7, 9],
      sixths: [2, 2, 2, 6, 6, 6, 6, 12, 12, 6],
    },
  ];
  for (const { behind, places, sixths } of endings) {
    it(`shows no picture beyond the end, behind ${behind}`, () => {
      const presentation = places.map((place) => place * 6);
      const { durations } = timeSegment(presentation, 0, places.length * 6);
      assert.deepEqual(durations, sixths);
    });
  }

  it('goes evenly when the first picture comes late', () => {
    const { durations } = timeSegment(at(100, 101, 102, 103), 0, 104 * frame);
    assert.deepEqual(durations, [26 * frame, 26 * frame, 26 * frame, 26 * frame]);
  });

  it('keeps every time of any order that a decoder can follow, and fills the segment to the tick', () => {
    fc.assert(
      fc.property(orders, steps, fc.nat(1e6), ({ places, leading }, step, origin) => {
        const shown: number[] = [];
        let ticks = origin + 64;
        for (let i = 0; i <= places.length; i++) {
          shown.push(ticks);
          ticks += step(i);
        }
        const presentation = places.map((place) => shown[place]!);
        const end = shown[places.length]!;
        const start = segmentStartTicks(presentation.slice(0, leading + 1));
        assert.ok(start <= shown[0]! && start >= shown[0]! - 8);
        const { durations, compositionOffsets } = timeSegment(presentation, start, end);
        const decode = decodeTicksOf(start, durations);
        decode.forEach((time, i) => assert.equal(time + compositionOffsets[i]!, presentation[i]));
        assert.ok(durations.every((duration) => duration > 0));
        assert.ok(compositionOffsets.every((offset) => offset >= 0));
        assert.equal(start + durations.reduce((sum, duration) => sum + duration, 0), end);
        // What is buffered with this segment ends where the next one begins.
        assert.ok(durations.every((duration, i) => presentation[i]! + duration <= end));
      }),
    );
  });

  it('fills the segment whatever the times are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 5000 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 1, max: 3000 }),
        (presentation, start, lasts) => {
          const { durations, compositionOffsets } = timeSegment(presentation, start, start + lasts);
          assert.equal(durations.length, presentation.length);
          const least = lasts >= presentation.length ? 1 : 0;
          assert.ok(durations.every((duration) => Number.isInteger(duration) && duration >= least));
          assert.ok(compositionOffsets.every((offset) => Number.isInteger(offset) && offset >= 0));
          assert.equal(
            durations.reduce((sum, duration) => sum + duration, 0),
            lasts,
          );
        },
      ),
    );
  });
});

describe('the first decode time of a presentation', () => {
  it('is the first picture, where it comes at once', () => {
    assert.equal(firstDecodeTicks(0, 24_000), 0);
    assert.equal(firstDecodeTicks(1512, 24_000), 1512);
    assert.equal(firstDecodeTicks(2400, 24_000), 2400);
  });

  it('is zero, where it comes late', () => assert.equal(firstDecodeTicks(2401, 24_000), 0));
});
