import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VideoSampleTraits } from '../codecs/configuration.js';
import { fromHex, toHex } from '../../test/support/hex.js';
import { videoTrack } from '../../test/support/tracks.js';
import { createPictureConverter } from './convert-picture.js';

const recovery: VideoSampleTraits = {
  hasPicture: true,
  randomAccess: 'recovery',
  leading: 'none',
  isDisposable: false,
  hasParameterSets: false,
};

/** The converter of a track whose samples have lengths of some bytes. */
function converterFor(lengthSize: 1 | 2 | 4): ReturnType<typeof createPictureConverter> {
  const record = fromHex(
    '0164000afce1001967 64000aacd9420bf9 7011000003000100 00030032 0f122596 01000568ef825cb0fdf8f800',
  );
  record[4] = 0xfc | (lengthSize - 1);
  return createPictureConverter(videoTrack('h264', { codecPrivate: record }));
}

describe('createPictureConverter', () => {
  for (const [lengthSize, sample] of [
    [1, '05 060601c480 08 41889a037fd4d445'],
    [2, '0005 060601c480 0008 41889a037fd4d445'],
    [4, '00000005 060601c480 00000008 41889a037fd4d445'],
  ] as const) {
    it(`takes recovery points out of samples with lengths of ${lengthSize} bytes`, () => {
      const converted = converterFor(lengthSize)(fromHex(sample), recovery);
      assert.equal(toHex(converted), '0000000841889a037fd4d445');
    });
  }

  it('leaves pictures that a player can begin at, and other codecs', () => {
    const sample = fromHex('00000005 060601c480 00000003 65889a');
    assert.equal(converterFor(4)(sample, { ...recovery, randomAccess: 'start' }), sample);
    assert.equal(createPictureConverter(videoTrack('vp9'))(sample, recovery), sample);
  });
});
