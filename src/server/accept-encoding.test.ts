import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takesCoding } from './accept-encoding.js';

describe('takesCoding', () => {
  const cases: [string | undefined, boolean, boolean][] = [
    [undefined, false, false],
    ['', false, false],
    ['gzip, deflate, br, zstd', true, true],
    ['GZIP', true, false],
    ['br;q=0, *', true, false],
    ['gzip;q=0.0, br;q=0.5', false, true],
    ['*;q=0', false, false],
    ['identity', false, false],
  ];
  for (const [header, gzip, br] of cases) {
    it(`of ${JSON.stringify(header)}`, () => {
      assert.deepEqual([takesCoding(header, 'gzip'), takesCoding(header, 'br')], [gzip, br]);
    });
  }
});
