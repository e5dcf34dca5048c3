import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  findIndexGaps,
  type IndexBounds,
  largestAllowedGapNs,
  selectInStoredOrder,
  selectWithinBounds,
  thinOut,
  type TimedPlace,
} from './index-trust.js';

const SECOND = 1_000_000_000;

function at(seconds: number, offset: number): TimedPlace {
  return { timeNs: seconds * SECOND, offset };
}

const BOUNDS: IndexBounds = {
  startNs: 2 * SECOND,
  endNs: 100 * SECOND,
  firstOffset: 500,
  endOffset: 10_000,
  precisionNs: 1_000_000,
};

const places = fc
  .array(fc.record({ timeNs: fc.integer({ min: 0, max: 100 }), offset: fc.integer({ min: 0, max: 100 }) }), {
    maxLength: 60,
  })
  .map((list) => list.sort((a, b) => a.timeNs - b.timeNs));

describe('largestAllowedGapNs', () => {
  it('is four segments, but at least half a minute', () => {
    assert.equal(largestAllowedGapNs(6000), 30 * SECOND);
    assert.equal(largestAllowedGapNs(10_000), 40 * SECOND);
  });
});

describe('selectWithinBounds', () => {
  const cases: readonly { name: string; entries: TimedPlace[]; kept: number[] }[] = [
    { name: 'keeps what lies within', entries: [at(2, 500), at(50, 600), at(99.9, 9999)], kept: [0, 1, 2] },
    { name: 'drops what lies before the first sample', entries: [at(0, 500), at(2, 500)], kept: [1] },
    { name: 'allows for rounding', entries: [at(1.9995, 500), at(100.0005, 700)], kept: [0, 1] },
    { name: 'drops what lies behind the last sample', entries: [at(2, 500), at(101, 600)], kept: [0] },
    { name: 'drops what lies in the head of the file', entries: [at(2, 499), at(3, 500)], kept: [1] },
    { name: 'drops what lies behind the file', entries: [at(2, 500), at(3, 10_000)], kept: [0] },
    { name: 'keeps the earliest place of a time', entries: [at(2, 700), at(2, 600), at(2, 900)], kept: [1] },
  ];
  for (const { name, entries, kept } of cases) {
    it(name, () =>
      assert.deepEqual(
        selectWithinBounds(entries, BOUNDS),
        kept.map((i) => entries[i]),
      ),
    );
  }
});

describe('selectInStoredOrder', () => {
  const cases: readonly { name: string; offsets: number[]; kept: number[] }[] = [
    { name: 'keeps what is in order', offsets: [1, 2, 2, 3], kept: [1, 2, 2, 3] },
    { name: 'drops one that points back', offsets: [1, 5, 2, 6, 7], kept: [1, 2, 6, 7] },
    { name: 'drops one that points far ahead', offsets: [1, 99, 2, 3, 4], kept: [1, 2, 3, 4] },
    { name: 'has nothing to do without entries', offsets: [], kept: [] },
  ];
  for (const { name, offsets, kept } of cases) {
    it(name, () => {
      const picked = selectInStoredOrder(offsets.map((offset, i) => at(i, offset)));
      assert.deepEqual(
        picked.map(({ offset }) => offset),
        kept,
      );
    });
  }

  it('picks as many as can be had', () => {
    fc.assert(
      fc.property(places, (entries) => {
        const picked = selectInStoredOrder(entries);
        assert.ok(picked.every((entry, i) => i === 0 || entry.offset >= picked[i - 1]!.offset));
        let next = 0;
        for (const entry of entries) if (entry === picked[next]) next++;
        assert.equal(next, picked.length);
        // The length by the textbook's quadratic way.
        const longest: number[] = [];
        for (const [i, { offset }] of entries.entries()) {
          const before = longest.filter((_, j) => entries[j]!.offset <= offset);
          longest[i] = 1 + Math.max(0, ...before);
        }
        assert.equal(picked.length, Math.max(0, ...longest));
      }),
    );
  });
});

describe('findIndexGaps', () => {
  const bounds = { startNs: 0, endNs: 100 };
  const cases: readonly {
    name: string;
    times: number[];
    endNs?: number;
    gaps: [number, number, number][];
  }[] = [
    { name: 'finds none in a dense index', times: [0, 30, 60, 90], gaps: [] },
    { name: 'allows exactly the longest', times: [0, 40, 80], gaps: [] },
    { name: 'finds one in the middle', times: [0, 20, 61, 90], gaps: [[1, 20, 61]] },
    { name: 'finds one at the beginning', times: [41, 80], gaps: [[-1, 0, 41]] },
    { name: 'finds one at the end', times: [0, 40], gaps: [[1, 40, 100]] },
    { name: 'takes no entries for one gap', times: [], gaps: [[-1, 0, 100]] },
    { name: 'says nothing of an end that is not known', times: [0, 40], endNs: Infinity, gaps: [] },
  ];
  for (const { name, times, endNs = 100, gaps } of cases) {
    it(name, () => {
      const found = findIndexGaps(times, { ...bounds, endNs }, 40);
      assert.deepEqual(
        found.map(({ after, fromNs, toNs }) => [after, fromNs, toNs]),
        gaps,
      );
    });
  }
});

describe('thinOut', () => {
  it('leaves few entries as they are', () => {
    const entries = [at(0, 1), at(0.1, 2), at(0.2, 3)];
    assert.deepEqual(thinOut(entries, 3, SECOND), entries);
  });

  it('leaves many entries no denser than asked for, and no sparser than they were by more than that', () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 20 }), (entries, apart) => {
        const kept = thinOut(entries, 0, apart);
        assert.equal(kept[0], entries[0]);
        assert.ok(kept.every((entry, i) => i === 0 || entry.timeNs - kept[i - 1]!.timeNs >= apart));
        for (const { timeNs } of entries) {
          assert.ok(kept.some((entry) => timeNs - entry.timeNs >= 0 && timeNs - entry.timeNs < apart));
        }
      }),
    );
  });
});
