import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inTurns } from './in-turns.js';

describe('inTurns', () => {
  it('lets others go first once the work has taken some milliseconds, and gives what it gives', async () => {
    const seen: string[] = [];
    let nowMs = 0;
    function* work(): Generator<undefined, number> {
      setTimeout(() => seen.push('another'));
      for (const ms of [1, 2, 1, 1]) {
        nowMs += ms;
        seen.push(`${nowMs}`);
        yield;
      }
      return 7;
    }
    assert.equal(await inTurns(work(), undefined, () => nowMs), 7);
    assert.deepEqual(seen, ['1', '3', '4', 'another', '5']);
  });

  it('ends at a pause once its signal aborts, with the reason', async () => {
    const leaving = new AbortController();
    let nowMs = 0;
    function* work(): Generator<undefined, void> {
      for (;;) {
        nowMs += 10;
        if (nowMs === 30) leaving.abort(new RangeError('left'));
        yield;
      }
    }
    await assert.rejects(
      inTurns(work(), leaving.signal, () => nowMs),
      RangeError,
    );
    assert.equal(nowMs, 30);
  });
});
