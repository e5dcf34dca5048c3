import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTimeMs } from './parse-time.js';

describe('parseTimeMs', () => {
  const cases: [string, number | undefined][] = [
    ['0', 0],
    ['90', 90_000],
    ['90.5', 90_500],
    ['0.0004', 0],
    ['90s', 90_000],
    ['1m30s', 90_000],
    ['1.5m', 90_000],
    ['1h2m3s', 3_723_000],
    ['500ms', 500],
    ['2s500ms', 2500],
    ['1:30', 90_000],
    ['90:00', 5_400_000],
    ['1:02:03.5', 3_723_500],
    ['01:02:03.456', 3_723_456],
    [' 5 ', 5000],
    ['', undefined],
    ['-1', undefined],
    ['1:60', undefined],
    ['1:60:00', undefined],
    ['1e3', undefined],
    ['1:2:3:4', undefined],
    ['s', undefined],
    ['five', undefined],
    ['Infinity', undefined],
    ['999999999999', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`takes '${text}' for ${expected === undefined ? 'no time' : `${expected} ms`}`, () => {
      assert.equal(parseTimeMs(text), expected);
    });
  }
});
