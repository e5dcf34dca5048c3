import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMediaError } from '../../errors.js';
import { avcReorderDepth } from './reorder-depth.js';
import { parseAvcSequenceParameterSet } from './sps.js';
import { fromHex } from '../../../test/support/hex.js';

// SPS of libx264 (Debian ffmpeg 5.1.9), taken from the avcC that ffmpeg writes; expected values from ffprobe -show_streams.
const cases = [
  {
    name: 'Constrained Baseline',
    sps: '6742c00ad9047b011000000300100000030300f1226480',
    profile: 66,
    level: 10,
    size: [64, 48],
    chroma: 1,
    depth: 8,
    reorder: 0,
    sar: [1, 1],
  },
  {
    name: 'Main',
    sps: '674d400aeca23d80880000030008000003018078912cb0',
    profile: 77,
    level: 10,
    size: [64, 48],
    chroma: 1,
    depth: 8,
    reorder: 2,
    sar: [1, 1],
  },
  {
    name: 'High with scaling matrices (cqm=jvt), cropping, 4:3 pixels, BT.709 full range',
    sps: '6764000aacd9447eab0e6e020202800000030080000018078912cb',
    profile: 100,
    level: 10,
    size: [62, 46],
    chroma: 1,
    depth: 8,
    reorder: 2,
    sar: [4, 3],
    color: { primaries: 1, transfer: 1, matrix: 1, fullRange: true },
  },
  {
    name: 'High 10',
    sps: '676e000aa6cd9447b011000003000100000300300f122596',
    profile: 110,
    level: 10,
    size: [64, 48],
    chroma: 1,
    depth: 10,
    reorder: 2,
    sar: [1, 1],
  },
  {
    name: 'High 4:2:2',
    sps: '677a000abcd9447b011000000300100000030300f1225960',
    profile: 122,
    level: 10,
    size: [64, 48],
    chroma: 2,
    depth: 8,
    reorder: 2,
    sar: [1, 1],
  },
  {
    name: 'High 4:4:4 Predictive',
    sps: '67f4000a919b288f6022000003000200000300601e244b2c',
    profile: 244,
    level: 10,
    size: [64, 48],
    chroma: 3,
    depth: 8,
    reorder: 2,
    sar: [1, 1],
  },
  {
    name: 'High, monochrome',
    sps: '6764000af36511ec05b2000003000200000300601e244b2c',
    profile: 100,
    level: 10,
    size: [64, 48],
    chroma: 0,
    depth: 8,
    reorder: 2,
    sar: [1, 1],
    color: { primaries: 2, transfer: 2, matrix: 2, fullRange: true },
  },
  {
    name: 'High, interlaced, with HRD',
    sps: '67640015acd9444fcb80880000030008000003018301000f420003d09498601f142996',
    profile: 100,
    level: 21,
    size: [64, 48],
    chroma: 1,
    depth: 8,
    reorder: 2,
    sar: [1, 1],
  },
];

describe('parseAvcSequenceParameterSet', () => {
  for (const expected of cases) {
    it(`reads ${expected.name}`, () => {
      const sps = parseAvcSequenceParameterSet(fromHex(expected.sps));
      assert.equal(sps.profile, expected.profile);
      assert.equal(sps.level, expected.level);
      assert.deepEqual([sps.width, sps.height], expected.size);
      assert.equal(sps.chromaFormat, expected.chroma);
      assert.equal(sps.bitDepthLuma, expected.depth);
      assert.equal(avcReorderDepth(sps), expected.reorder);
      assert.deepEqual(sps.vui!.pixelAspectRatio, expected.sar);
      assert.deepEqual(sps.vui!.color, expected.color);
    });
  }

  it('tells fields from frames', () => {
    assert.equal(parseAvcSequenceParameterSet(fromHex(cases.at(-1)!.sps)).isFrameOnly, false);
    assert.equal(parseAvcSequenceParameterSet(fromHex(cases[0]!.sps)).isFrameOnly, true);
  });

  it('reads the frame rate: two ticks of time_scale 48 are one frame of 24 a second', () => {
    const { vui } = parseAvcSequenceParameterSet(fromHex(cases[1]!.sps));
    assert.deepEqual(vui?.timing, { unitsInTick: 1, timeScale: 48, isFixedRate: false });
  });

  it('keeps what precedes a VUI that is cut off', () => {
    const sps = parseAvcSequenceParameterSet(fromHex(cases[1]!.sps.slice(0, 26)));
    assert.deepEqual([sps.width, sps.height, sps.vui], [64, 48, undefined]);
  });

  it('refuses one that is cut off before its size', () => {
    assert.throws(() => parseAvcSequenceParameterSet(fromHex('674d40')), MalformedMediaError);
  });
});

describe('avcReorderDepth', () => {
  const sps = parseAvcSequenceParameterSet(fromHex(cases[1]!.sps));
  const unstated = { ...sps, vui: undefined };

  it('is the DPB size of the level without bitstream restrictions', () => {
    // Level 3.1 holds 18000 macroblocks: 1280x720 is 3600 of them. ITU-T H.264, table A-1.
    assert.equal(
      avcReorderDepth({ ...unstated, level: 31, widthInMacroblocks: 80, heightInMacroblocks: 45 }),
      5,
    );
    assert.equal(
      avcReorderDepth({ ...unstated, level: 40, widthInMacroblocks: 120, heightInMacroblocks: 68 }),
      4,
    );
    assert.equal(avcReorderDepth({ ...unstated, level: 40 }), 16);
  });

  it('is zero where nothing can be reordered', () => {
    assert.equal(avcReorderDepth({ ...unstated, profile: 66 }), 0);
    assert.equal(avcReorderDepth({ ...unstated, pictureOrder: { type: 2 } }), 0);
    assert.equal(avcReorderDepth({ ...unstated, profile: 100, constraints: 0x10 }), 0);
    assert.equal(avcReorderDepth({ ...unstated, profile: 44 }), 0);
  });
});
