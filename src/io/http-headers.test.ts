import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { areSameResource, parseContentLength, parseContentRange, strongEtag } from './http-headers.js';

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

  it('tell a strong ETag from a weak one', () => {
    assert.equal(strongEtag({ etag: '"a"', lastModified: undefined }), '"a"');
    assert.equal(strongEtag({ etag: 'W/"a"', lastModified: undefined }), undefined);
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
