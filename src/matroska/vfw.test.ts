import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../test/support/hex.js';
import { MalformedMediaError } from '../errors.js';
import { parseVfwFormat, printFourcc } from './vfw.js';

function bitmapInfoHeader(fourcc: string, extradata = ''): Uint8Array {
  const code = Array.from(fourcc, (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return fromHex(`28000000 40010000 f0000000 0100 1800 ${code} 00840300 ${'00'.repeat(16)} ${extradata}`);
}

describe('parseVfwFormat', () => {
  // Codec names as ffprobe 5.1 gives them for the same fourccs.
  const cases = [
    ['XVID', 'mpeg4'],
    ['xvid', 'mpeg4'],
    ['DX50', 'mpeg4'],
    ['DIV3', 'msmpeg4v3'],
    ['MP42', 'msmpeg4v2'],
    ['WMV3', 'wmv3'],
    ['WVC1', 'vc1'],
    ['H264', 'h264'],
    ['HEVC', 'hevc'],
    ['FFV1', 'ffv1'],
    ['MJPG', 'mjpeg'],
    ['ULY0', 'utvideo'],
    ['dvsd', 'dvvideo'],
    ['MPNG', 'png'],
    ['v210', 'v210'],
    ['ABCD', 'unknown'],
  ] as const;
  for (const [fourcc, codec] of cases) {
    it(`names ${fourcc} ${codec}`, () => {
      const format = parseVfwFormat(bitmapInfoHeader(fourcc));
      assert.deepEqual(format, { codec, fourcc, bitsPerPixel: 24, extradata: undefined });
    });
  }

  it('gives what follows the header', () => {
    assert.deepEqual(parseVfwFormat(bitmapInfoHeader('WMV3', '4e99')).extradata, fromHex('4e99'));
  });

  it('refuses a header cut short', () => {
    assert.throws(() => parseVfwFormat(bitmapInfoHeader('XVID').subarray(0, 39)), MalformedMediaError);
  });

  it('prints a fourcc that is no text', () => {
    assert.equal(printFourcc(new Uint8Array([0, 0x41, 0xff, 0x20])), '[0]A[255] ');
  });
});
