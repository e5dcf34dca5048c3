import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../../test/support/hex.js';
import { MalformedMediaError } from '../../errors.js';
import { hevcCodecString } from './codec-string.js';
import { parseHevcSequenceParameterSet } from './sps.js';

// SPS of x265 3.5 (Debian ffmpeg 5.1.9), taken from the hvcC that ffmpeg writes; expected values from ffprobe
// -show_streams. mp4box.js 0.5 and mediabunny derive the same codec strings (with other letter case) from the files.
const cases = [
  {
    name: 'Main',
    sps: '42010101600000030090000003000003001ea020831659596e4caf016808000003000800000300c040',
    codecString: 'hvc1.1.6.L30.90',
    size: [64, 48],
    chroma: 1,
    depth: 8,
    color: { primaries: 2, transfer: 2, matrix: 2, fullRange: false },
  },
  {
    name: 'Main 10, cropped, PQ',
    sps: '42010102200000030090000003000003001ea020831d53659596e4caf016a122012080000003008000000c04',
    codecString: 'hvc1.2.4.L30.90',
    size: [62, 46],
    chroma: 1,
    depth: 10,
    color: { primaries: 9, transfer: 16, matrix: 9, fullRange: false },
  },
  {
    name: 'Rext 4:2:2 12',
    sps: '420101040800000300990800000300001eb02083114a5959ae4caf016808000003000800000300c040',
    codecString: 'hvc1.4.10.L30.99.8',
    size: [64, 48],
    chroma: 2,
    depth: 12,
    color: { primaries: 2, transfer: 2, matrix: 2, fullRange: false },
  },
  {
    name: 'Rext 4:4:4 with HRD',
    sps: '4201010408000003009e0800000300003c90041062cb2b35c995e02d0100000300010000030018600c8c5e001e840007a122',
    codecString: 'hvc1.4.10.L60.9E.8',
    size: [64, 48],
    chroma: 3,
    depth: 8,
    color: { primaries: 2, transfer: 2, matrix: 2, fullRange: false },
  },
];

describe('parseHevcSequenceParameterSet', () => {
  for (const expected of cases) {
    it(`reads ${expected.name}`, () => {
      const sps = parseHevcSequenceParameterSet(fromHex(expected.sps));
      assert.deepEqual([sps.width, sps.height], expected.size);
      assert.equal(sps.chromaFormat, expected.chroma);
      assert.equal(sps.bitDepthLuma, expected.depth);
      assert.equal(sps.maxReorderPictures, 2);
      assert.deepEqual(sps.vui?.color, expected.color);
      assert.equal(hevcCodecString('hvc1', sps.profileTierLevel), expected.codecString);
    });
  }

  it('reads the frame rate behind the reference picture sets', () => {
    const sps = parseHevcSequenceParameterSet(fromHex(cases[0]!.sps));
    assert.deepEqual(sps.vui?.timing, { unitsInTick: 1, timeScale: 24 });
  });

  it('refuses one that is cut off', () => {
    assert.throws(() => parseHevcSequenceParameterSet(fromHex('4201010160000003')), MalformedMediaError);
  });
});

describe('hevcCodecString', () => {
  it('writes the profile space, the High tier and all constraint bytes up to the last', () => {
    // The two examples of ISO/IEC 14496-15, annex E.3.
    const base = { profileSpace: 0, isHighTier: false, profile: 1, compatibility: 0x60000000, level: 93 };
    assert.equal(hevcCodecString('hev1', { ...base, constraints: [0xb0, 0, 0, 0, 0, 0] }), 'hev1.1.6.L93.B0');
    const other = { profileSpace: 1, isHighTier: true, profile: 4, compatibility: 0x08000000, level: 120 };
    assert.equal(
      hevcCodecString('hev1', { ...other, constraints: [0xb0, 0x23, 0, 0, 0, 0] }),
      'hev1.A4.10.H120.B0.23',
    );
  });
});
