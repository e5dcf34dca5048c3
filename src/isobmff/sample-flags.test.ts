import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VideoSampleTraits } from '../codecs/configuration.js';
import { AUDIO_SAMPLE_FLAGS, videoSampleFlags } from './sample-flags.js';

const traits: VideoSampleTraits = {
  hasPicture: true,
  randomAccess: 'none',
  leading: 'none',
  isDisposable: false,
  hasParameterSets: false,
};

describe('sample flags', () => {
  it('are what FFmpeg 5.1 writes for audio', () => {
    assert.equal(AUDIO_SAMPLE_FLAGS, 0x02000000);
  });

  // The bits by ISO/IEC 14496-12 - 8.8.3.1, from the top: reserved 4, is_leading 2, depends_on 2, is_depended_on 2,
  // has_redundancy 2, padding 3, non_sync 1, priority 16. FFmpeg writes the same but for is_depended_on and is_leading,
  // which it leaves unknown: 0x02000000 and 0x01010000.
  const cases: readonly (readonly [what: string, given: Partial<VideoSampleTraits>, flags: string])[] = [
    ['a start', { randomAccess: 'start' }, '0000 00 10 01 00 000 0'],
    ['a picture that others may refer to', {}, '0000 00 01 01 00 000 1'],
    ['a disposable picture', { isDisposable: true }, '0000 00 01 10 00 000 1'],
    ['a recovery point', { randomAccess: 'recovery' }, '0000 00 00 01 00 000 1'],
    ['a RASL picture', { leading: 'skipped', isDisposable: true }, '0000 01 01 10 00 000 1'],
    ['a RADL picture', { leading: 'decodable' }, '0000 11 01 01 00 000 1'],
  ];
  for (const [what, given, bits] of cases) {
    it(`say that a sample is ${what}`, () => {
      const expected = Number.parseInt(bits.replaceAll(' ', ''), 2) * 0x10000;
      assert.equal(videoSampleFlags({ ...traits, ...given }) >>> 0, expected);
    });
  }
});
