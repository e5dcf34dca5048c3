import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioTrack, videoTrack } from '../../test/support/tracks.js';
import { RequestError } from '../errors.js';
import type { AudioTrack, VideoTrack } from '../media/track.js';
import { rankTracks, type TrackChoice } from './choose-tracks.js';

const tracks = [
  videoTrack('h264', { id: 1 }),
  audioTrack('ac3', { id: 2, isDefault: false }),
  audioTrack('dts', { id: 3, isDefault: true, isEnabled: false }),
  audioTrack('aac', { id: 4, isDefault: true }),
  audioTrack('opus', { id: 5, isDefault: true }),
];
const rank = (choice: TrackChoice) =>
  rankTracks<AudioTrack>(tracks, 'audio', choice).map((track) => track.id);

describe('rankTracks', () => {
  it('puts enabled before disabled, default before others, and keeps stored order', () => {
    assert.deepEqual(rank(undefined), [4, 5, 2, 3]);
  });

  it('puts what accompanies the film behind it', () => {
    const all = [
      audioTrack('aac', { id: 1, isDefault: true, roles: ['commentary'] }),
      audioTrack('aac', { id: 2, isDefault: true, roles: ['original', 'hearing-impaired'] }),
      audioTrack('aac', { id: 3, isDefault: false }),
    ];
    const ids = rankTracks<AudioTrack>(all, 'audio', undefined).map(({ id }) => id);
    assert.deepEqual(ids, [2, 1, 3]);
  });

  it('puts a cover behind the film, whatever its flags say', () => {
    const all = [
      videoTrack('mjpeg', { id: 1, isDefault: true }),
      videoTrack('hevc', { id: 2, isDefault: false }),
    ];
    assert.deepEqual(
      rankTracks<VideoTrack>(all, 'video', undefined).map(({ id }) => id),
      [2, 1],
    );
  });

  it('gives the one that is asked for, or none', () => {
    assert.deepEqual(rank(3), [3]);
    assert.deepEqual(rank('none'), []);
  });

  it('refuses a number of another kind or of no track, and names those there are', () => {
    for (const number of [1, 9]) {
      assert.throws(
        () => rank(number),
        (error) => error instanceof RequestError && error.message.includes('2, 3, 4, 5'),
      );
    }
    assert.throws(() => rankTracks([], 'video', 1), /the source has none/);
  });
});
