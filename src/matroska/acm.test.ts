import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../test/support/hex.js';
import { MalformedMediaError } from '../errors.js';
import { parseAcmFormat } from './acm.js';

describe('parseAcmFormat', () => {
  it('reads the WMA 2 that ffmpeg writes, as ffprobe reads it', () => {
    const format = parseAcmFormat(fromHex('6101 0200 44ac0000 401f0000 7301 1000 0a00 00000000010000000000'));
    assert.deepEqual(format, {
      codec: 'wmav2',
      formatTag: 0x161,
      channels: 2,
      sampleRate: 44_100,
      bitRate: 64_000,
      blockAlign: 371,
      bitDepth: 16,
      extradata: fromHex('00000000010000000000'),
    });
  });

  it('reads the ADPCM that ffmpeg writes', () => {
    const coefficients = 'f407070000010000000200ff00000000c0004000f0000000cc0130ff880118ff';
    const format = parseAcmFormat(fromHex(`0200 0100 44ac0000 803e0000 0004 0400 2000 ${coefficients}`));
    assert.equal(format.codec, 'adpcm_ms');
    assert.equal(format.blockAlign, 1024);
    assert.deepEqual(format.extradata, fromHex(coefficients));
  });

  it('looks behind WAVEFORMATEXTENSIBLE for the codec', () => {
    const subFormat = '0100 0000 0000 1000 8000 00aa00389b71';
    const format = parseAcmFormat(
      fromHex(`feff 0600 80bb0000 00000000 1200 1800 1600 1800 3f000000 ${subFormat}`),
    );
    assert.equal(format.codec, 'pcm_s24le');
    assert.equal(format.channels, 6);
    assert.equal(format.extradata, undefined);
  });

  // Format tag and bits of a sample; names as libavformat's riff tables have them.
  const names = [
    ['0100', '0800', 'pcm_u8'],
    ['0100', '1000', 'pcm_s16le'],
    ['0100', '2000', 'pcm_s32le'],
    ['0100', '0300', 'unknown'],
    ['0300', '2000', 'pcm_f32le'],
    ['0300', '4000', 'pcm_f64le'],
    ['0600', '0800', 'pcm_alaw'],
    ['0700', '0800', 'pcm_mulaw'],
    ['5500', '0000', 'mp3'],
    ['0020', '0000', 'ac3'],
    ['0120', '0000', 'dts'],
    ['6201', '1000', 'wmapro'],
    ['ff00', '0000', 'aac'],
    ['3412', '0000', 'unknown'],
  ] as const;
  for (const [tag, bits, codec] of names) {
    it(`names 0x${tag} with 0x${bits} ${codec}`, () => {
      assert.equal(parseAcmFormat(fromHex(`${tag} 0200 80bb0000 00000000 0400 ${bits}`)).codec, codec);
    });
  }

  it('reads the oldest form, and no more extradata than is there', () => {
    const old = parseAcmFormat(fromHex('5500 0100 401f0000 e8030000 0100'));
    assert.deepEqual([old.codec, old.bitDepth, old.extradata], ['mp3', undefined, undefined]);
    const lying = parseAcmFormat(fromHex('5500 0100 401f0000 e8030000 0100 0000 ffff 0102'));
    assert.deepEqual(lying.extradata, fromHex('0102'));
  });

  it('refuses less than that', () => {
    assert.throws(() => parseAcmFormat(new Uint8Array(13)), MalformedMediaError);
  });
});
