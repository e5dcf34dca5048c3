import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  areSameResource,
  parseContentLength,
  parseContentRange,
  parseRetryAfter,
  strongValidator,
} from './http-headers.js';

describe('parseContentRange', () => {
  const cases: [string | undefined, ReturnType<typeof parseContentRange>][] = [
    // The examples of RFC 9110, section 14.4.
    ['bytes 42-1233/1234', { start: 42, end: 1233, total: 1234 }],
    ['bytes 42-1233/*', { start: 42, end: 1233, total: undefined }],
    ['bytes */1234', { start: undefined, end: undefined, total: 1234 }],
    ['bytes 0-0/1', { start: 0, end: 0, total: 1 }],
    ['bytes 5-4/10', undefined],
    ['bytes 0-10/10', undefined],
    ['bytes 0-99999999999999999999/*', undefined],
    ['pages 1-2/3', undefined],
    ['bytes 1-2', undefined],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [value, expected] of cases) {
    it(`takes ${value} for ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(parseContentRange(value), expected);
    });
  }
});

describe('validators', () => {
  it('call two answers the same unless a validator that both have differs', () => {
    const monday = { etag: '"a"', lastModified: 'Mon' };
    assert.equal(areSameResource(monday, monday), true);
    assert.equal(areSameResource(monday, { etag: undefined, lastModified: undefined }), true);
    assert.equal(areSameResource(monday, { etag: '"b"', lastModified: 'Mon' }), false);
    assert.equal(areSameResource(monday, { etag: undefined, lastModified: 'Tue' }), false);
  });

  it('promise the same bytes by a strong ETag, or a date that no second change can hide behind', () => {
    const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toUTCString();
    assert.equal(strongValidator({ etag: '"a"', lastModified: at(0), date: at(1) }), '"a"');
    assert.equal(strongValidator({ etag: 'W/"a"', lastModified: undefined }), undefined);
    assert.equal(strongValidator({ etag: 'W/"a"', lastModified: at(0), date: at(60) }), at(0));
    assert.equal(strongValidator({ etag: undefined, lastModified: at(0), date: at(59) }), undefined);
    assert.equal(strongValidator({ etag: undefined, lastModified: at(0), date: undefined }), undefined);
    assert.equal(strongValidator({ etag: undefined, lastModified: 'bad', date: at(0) }), undefined);
  });
});

describe('parseRetryAfter', () => {
  it('takes seconds and dates', () => {
    const now = Date.UTC(2026, 0, 1);
    assert.equal(parseRetryAfter('120', now), 120_000);
    assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:00:10 GMT', now), 10_000);
    assert.equal(parseRetryAfter('Thu, 01 Jan 2025 00:00:10 GMT', now), 0);
    assert.equal(parseRetryAfter('soon', now), undefined);
    assert.equal(parseRetryAfter(undefined, now), undefined);
  });
});

describe('parseContentLength', () => {
  it('takes whole numbers only', () => {
    assert.equal(parseContentLength('10'), 10);
    for (const bad of ['-1', '1.5', '1e3', '', '99999999999999999999', undefined]) {
      assert.equal(parseContentLength(bad), undefined);
    }
  });
});
