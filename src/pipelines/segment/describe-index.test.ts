import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeIndex } from './describe-index.js';

const SECOND = 1e9;

describe('the description of an index', () => {
  const keyframes = [
    { timeNs: 0, offset: 100, isStartable: true },
    { timeNs: 4 * SECOND, offset: 200, isStartable: false },
    { timeNs: 5 * SECOND, offset: 300, isStartable: undefined },
  ];

  it('says how many keyframes were looked at, and the largest gap, that at the end included', () => {
    const index = { trackId: 1, origin: 'repaired', keyframes, faults: ['It lies.'] } as const;
    const short = describeIndex({ ...index, trackEndsNs: new Map([[1, 6 * SECOND]]) });
    assert.deepEqual(short, {
      origin: 'repaired',
      keyframes: 3,
      tested: 2,
      largestGapSeconds: 4,
      faults: ['It lies.'],
    });
    const long = describeIndex({ ...index, trackEndsNs: new Map([[1, 25 * SECOND]]) });
    assert.equal(long.largestGapSeconds, 20);
    const open = describeIndex({ ...index, trackEndsNs: new Map([[2, 25 * SECOND]]) });
    assert.equal(open.largestGapSeconds, 4, 'of another track nothing follows');
  });
});
