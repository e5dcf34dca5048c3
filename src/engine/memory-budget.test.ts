import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryLimitOf, pickWithin, pictureMemoryOf } from './memory-budget.js';

const MIB = 1024 * 1024;
const fullHd = { width: 1920, height: 1080 };
const uhd = { width: 3840, height: 2160 };

describe('the memory of pictures', () => {
  it('is about what was measured', () => {
    for (const [source, output, measured] of [
      [fullHd, fullHd, 400],
      [{ width: 4096, height: 2304 }, { width: 4096, height: 2304 }, 1320],
      [{ width: 4096, height: 2304 }, fullHd, 660],
    ] as const) {
      const share = pictureMemoryOf(source, output) / (measured * MIB);
      assert.ok(share > 0.9 && share < 1.2, `${measured} MiB: ${share}`);
    }
  });

  it('does not grow with what a file claims', () => {
    const claimed = pictureMemoryOf({ width: 65_535, height: 65_535 });
    assert.equal(claimed, pictureMemoryOf({ width: 7680, height: 4320 }));
    assert.ok(claimed < 2048 * MIB);
  });
});

describe('the memory that a job may have', () => {
  const budget = 6000 * MIB;

  it('is the same for all jobs but those of large pictures', () => {
    for (const needed of [0, 100 * MIB, pictureMemoryOf(fullHd, fullHd)]) {
      assert.equal(memoryLimitOf(needed, budget), 1536 * MIB);
    }
    assert.equal(memoryLimitOf(pictureMemoryOf(uhd, uhd), budget), 2 * pictureMemoryOf(uhd, uhd));
  });

  it('is no more than all may take, nor less than other jobs have', () => {
    assert.equal(memoryLimitOf(4000 * MIB, budget), budget);
    assert.equal(memoryLimitOf(4000 * MIB, 1000 * MIB), 1536 * MIB);
  });
});

describe('the job that is next', () => {
  const jobs = (...sizes: number[]): { memoryBytes: number; i: number }[] =>
    sizes.map((memoryBytes, i) => ({ memoryBytes, i }));

  for (const [waiting, taken, expected, why] of [
    [[50, 0], 40, 0, 'the first one that there is memory for'],
    [[70, 0, 10], 40, 1, 'one that takes next to nothing, where there is too little for the first'],
    [[70, 10], 40, undefined, 'none that would keep the first waiting'],
    [[500, 0], 0, 0, 'any, where nothing that counts is running'],
    [[], 0, undefined, 'none, where none waits'],
  ] as const) {
    it(`is ${why}`, () => {
      assert.equal(pickWithin(jobs(...waiting), taken, 100)?.i, expected);
    });
  }
});
