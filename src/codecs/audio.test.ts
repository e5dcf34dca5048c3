import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../test/support/hex.js';
import { audioTrack } from '../../test/support/tracks.js';
import { parseAudioSpecificConfig } from './aac/audio-specific-config.js';
import { buildSilentAccessUnit } from './aac/silent-access-unit.js';
import { configureAudio, createAudioConverter } from './audio.js';

describe('createAudioConverter', () => {
  const adts = fromHex('fff14c8001fffc de02004c61766335');

  it('takes ADTS headers off, also where private data is there', () => {
    for (const codecPrivate of [undefined, fromHex('1190')]) {
      const convert = createAudioConverter(audioTrack('aac', { codecPrivate }), adts)!;
      assert.equal(toHex(convert(adts)), 'de02004c61766335');
      // A frame among them that has no header is sent as it is.
      assert.equal(toHex(convert(fromHex('de02'))), 'de02');
    }
  });

  it('takes AAC out of LATM, and has silence in place of what needs another configuration', () => {
    // LC stereo at 48 kHz, the frame after it by the same configuration, and one at 44.1 kHz.
    const frames = ['56e009200011901fe016f010', '56e00481108000', '56e009200012101fe016f010'];
    const [first, next, other] = frames.map(fromHex);
    const convert = createAudioConverter(audioTrack('aac'), first)!;
    assert.deepEqual([toHex(convert(first!)), toHex(convert(next!))], ['de02', '2100']);
    const silence = buildSilentAccessUnit(parseAudioSpecificConfig(fromHex('1190')));
    assert.deepEqual([convert(other!), convert(next!)], [silence, silence]);
    assert.deepEqual([toHex(convert(first!)), toHex(convert(next!))], ['de02', '2100']);
  });

  it('leaves everything else alone', () => {
    assert.equal(
      createAudioConverter(audioTrack('aac', { codecPrivate: fromHex('1190') }), fromHex('de02')),
      undefined,
    );
    assert.equal(createAudioConverter(audioTrack('ac3'), adts), undefined);
    assert.equal(createAudioConverter(audioTrack('aac'), undefined), undefined);
  });
});

describe('configureAudio', () => {
  it('has no form for codecs that no browser plays in MP4', () => {
    for (const codec of ['dts', 'truehd', 'vorbis', 'pcm_s16le', 'wmav2', 'alac', 'mp2'] as const) {
      assert.equal(configureAudio(audioTrack(codec), fromHex('00')), undefined, codec);
    }
  });

  it('believes the frame when a container calls E-AC-3 AC-3', () => {
    const frame = fromHex('0b77037f3f87c00020f820000200400004001fcc7e0107e1');
    assert.equal(configureAudio(audioTrack('ac3'), frame)?.codecString, 'ec-3');
  });
});
