import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes, element, text, uint } from '../../test/support/ebml-writer.js';
import { LimitExceededError } from '../errors.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';
import { parseTags } from './tags.js';

const simple = (name: string, value: string): Uint8Array =>
  element(ID.SimpleTag, text(ID.TagName, name), text(ID.TagString, value));

describe('parseTags', () => {
  it('tells tags of the file from tags of tracks', () => {
    const data = bytes(
      element(ID.Tag, element(ID.Targets, uint(ID.TagTrackUID, 0)), simple('TITLE', 'Film')),
      element(
        ID.Tag,
        element(ID.Targets, uint(ID.TagTrackUID, 2n ** 64n - 1n), uint(ID.TagTrackUID, 7)),
        simple('BPS', '1000'),
      ),
    );
    assert.deepEqual(parseTags(data, 0), [
      { name: 'TITLE', value: 'Film', trackUid: undefined },
      { name: 'BPS', value: '1000', trackUid: 2n ** 64n - 1n },
      { name: 'BPS', value: '1000', trackUid: 7n },
    ]);
  });

  it('leaves out tags without a text', () => {
    const tag = element(ID.Tag, element(ID.SimpleTag, text(ID.TagName, 'COVER'), element(0x4485, [1, 2])));
    assert.deepEqual(parseTags(tag, 0), []);
  });

  it('refuses targets and texts that multiply beyond the cap', () => {
    const targets = new Array<Uint8Array>(1000).fill(uint(ID.TagTrackUID, 1));
    const texts = new Array<Uint8Array>(1000).fill(simple('A', 'B'));
    assert.ok(1000 * 1000 > LIMITS.tags);
    assert.throws(
      () => parseTags(element(ID.Tag, element(ID.Targets, ...targets), ...texts), 0),
      LimitExceededError,
    );
  });
});
