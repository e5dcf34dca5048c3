import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRenditionId, writeRenditionId, type RenditionName } from './rendition-id.js';

const names = fc.oneof(
  fc.record({
    type: fc.constant('video' as const),
    trackId: fc.integer({ min: 1 }),
    form: fc.constantFrom('copy' as const, 'h264' as const),
  }),
  fc.record({
    type: fc.constant('video' as const),
    trackId: fc.integer({ min: 1 }),
    form: fc.constant('h264' as const),
    height: fc.constantFrom(1080, 720, 480),
  }),
  fc.record({
    type: fc.constant('video' as const),
    trackId: fc.integer({ min: 1 }),
    form: fc.constant('h264' as const),
    isShort: fc.constant(true),
  }),
  fc.record({
    type: fc.constant('audio' as const),
    trackId: fc.integer({ min: 1 }),
    form: fc.constantFrom('copy' as const, 'aac' as const),
  }),
);
const versions = fc.option(fc.stringMatching(/^[0-9a-f]{12}$/), { nil: undefined });

describe('the name of a rendition', () => {
  it('is short and can be read', () => {
    const video: RenditionName = { type: 'video', trackId: 1, form: 'copy' };
    assert.equal(writeRenditionId(video, undefined), 'v1');
    assert.equal(writeRenditionId({ ...video, form: 'h264' }, '0123456789ab'), 'v1-h264-0123456789ab');
    const lower: RenditionName = { ...video, form: 'h264', height: 720 };
    assert.equal(writeRenditionId(lower, '0123456789ab'), 'v1-h264-720-0123456789ab');
    const short = { ...lower, isShort: true };
    assert.equal(writeRenditionId(short, '0123456789ab'), 'v1-h264-720-short-0123456789ab');
    assert.equal(writeRenditionId({ type: 'audio', trackId: 12, form: 'aac' }, undefined), 'a12-aac');
  });

  it('says what went in', () => {
    fc.assert(
      fc.property(names, versions, (name, version) => {
        assert.deepEqual(parseRenditionId(writeRenditionId(name, version)), { name: { ...name }, version });
      }),
    );
  });

  for (const id of [
    '',
    'v',
    'v0',
    'v01',
    'x1',
    'v1-aac',
    'a1-h264',
    'a1-AAC',
    'v1-0123',
    'v1-720',
    'v1-h264-0720',
    'v1-h264-72000',
    'a2-aac-720',
    'a2-aac-short',
    'v1-short',
    'v1-h264-short-720',
    'v1-',
    'v1/..',
    'a99999999999999999',
  ]) {
    it(`is not ${JSON.stringify(id)}`, () => assert.equal(parseRenditionId(id), undefined));
  }
});
