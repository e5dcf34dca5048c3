import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareNames, isMedia } from './media-names.js';

describe('names of media', () => {
  it('are known by their ending, in any case, for films and for sound alone', () => {
    const names = 'a.mkv A.MKV b/c.m2ts speech.amr speech.awb song.wma book.m4b raw.hevc raw.264 record.wtv';
    for (const name of names.split(' ')) assert.ok(isMedia(name), name);
    for (const name of ['mkv', 'a.mkv.part', 'a.srt', 'cover.jpg', '.mkv']) assert.ok(!isMedia(name), name);
  });

  it('are sorted as people do', () => {
    assert.deepEqual(['E10', 'E2', 'e1'].toSorted(compareNames), ['e1', 'E2', 'E10']);
  });
});
