import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { writeBoxes, type Box } from '../box.js';
import { buildClli } from './clli.js';
import { buildColr } from './colr.js';
import { buildDinf } from './dinf.js';
import { buildDref } from './dref.js';
import { buildElng } from './elng.js';
import { buildEsds } from './esds.js';
import { buildFtyp } from './ftyp.js';
import { buildHdlr } from './hdlr.js';
import { buildMdatHeader } from './mdat.js';
import { buildMdcv } from './mdcv.js';
import { buildMdhd } from './mdhd.js';
import { buildMehd } from './mehd.js';
import { buildMfhd } from './mfhd.js';
import { buildMvhd } from './mvhd.js';
import { buildPasp } from './pasp.js';
import { buildSmhd } from './smhd.js';
import { buildStco } from './stco.js';
import { buildStsc } from './stsc.js';
import { buildStsz } from './stsz.js';
import { buildStts } from './stts.js';
import { buildStyp } from './styp.js';
import { buildTfdt } from './tfdt.js';
import { buildTfhd } from './tfhd.js';
import { buildTkhd } from './tkhd.js';
import { buildTrex } from './trex.js';
import { buildTrun } from './trun.js';
import { buildUrl } from './url.js';
import { buildVmhd } from './vmhd.js';

interface Golden {
  readonly name: string;
  readonly box: Box;
  readonly hex: string;
}

/**
 * Boxes cut out of files that FFmpeg 5.1 wrote (`-movflags frag_keyframe+empty_moov+default_base_moof`, with
 * `+negative_cts_offsets`, `+write_colr` or `-f dash` where the box needs it), and built here from the same values.
 */
const fromFfmpeg: readonly Golden[] = [
  {
    name: 'ftyp',
    box: buildFtyp({ majorBrand: 'iso5', compatibleBrands: ['iso5', 'iso6', 'mp41'] }),
    // FFmpeg's minor version 512 made 0: it is informative.
    hex: '0000001c667479706 9736f35 00000000 69736f35 69736f36 6d703431',
  },
  {
    name: 'styp',
    box: buildStyp({ majorBrand: 'msdh', compatibleBrands: ['msdh', 'msix'] }),
    hex: '00000018 73747970 6d736468 00000000 6d736468 6d736978',
  },
  {
    name: 'mvhd',
    box: buildMvhd({ timescale: 1000, duration: 0, nextTrackId: 2 }),
    hex: `0000006c6d766864000000000000000000000000000003e800000000000100000100000000000000000000000001000000000000000000
      0000000000000100000000000000000000000000004000000000000000000000000000000000000000000000000000000000000002`,
  },
  {
    name: 'tkhd of a video track with pixels of 4:3',
    box: buildTkhd({
      trackId: 1,
      duration: 0,
      isEnabled: true,
      alternateGroup: 0,
      isAudio: false,
      pose: { rotation: 0, isMirrored: false },
      width: (320 * 4) / 3,
      height: 240,
    }),
    hex: `0000005c746b686400000003000000000000000000000001000000000000000000000000000000000000000000000000000100000000
      00000000000000000000000100000000000000000000000000004000000001aaaaab00f00000`,
  },
  {
    name: 'tkhd of an audio track',
    box: buildTkhd({
      trackId: 1,
      duration: 0,
      isEnabled: true,
      alternateGroup: 1,
      isAudio: true,
      pose: { rotation: 0, isMirrored: false },
      width: 0,
      height: 0,
    }),
    hex: `0000005c746b686400000003000000000000000000000001000000000000000000000000000000000000000101000000000100000000
      0000000000000000000000010000000000000000000000000000400000000000000000000000`,
  },
  {
    name: 'mdhd',
    box: buildMdhd(12_288, 0, 'fra'),
    hex: '000000206d64686400000000000000000000000000003000000000001a410000',
  },
  {
    name: 'mdhd of no known language',
    box: buildMdhd(48_000, 0, 'und'),
    hex: '000000206d6468640000000000000000000000000000bb800000000055c40000',
  },
  {
    name: 'hdlr with a name beyond ASCII',
    box: buildHdlr('vide', 'Tür'),
    hex: '0000002568646c7200000000000000007669646500000000000000000000000054c3bc7200',
  },
  {
    name: 'hdlr of sound',
    box: buildHdlr('soun', 'SoundHandler'),
    hex: '0000002d68646c720000000000000000736f756e000000000000000000000000536f756e6448616e646c657200',
  },
  { name: 'vmhd', box: buildVmhd(), hex: '00000014766d6864000000010000000000000000' },
  { name: 'smhd', box: buildSmhd(), hex: '00000010736d68640000000000000000' },
  {
    name: 'dinf, dref and url',
    box: buildDinf(buildDref([buildUrl()])),
    hex: '0000002464696e660000001c6472656600000000000000010000000c75726c2000000001',
  },
  { name: 'stts', box: buildStts(), hex: '00000010737474730000000000000000' },
  { name: 'stsc', box: buildStsc(), hex: '00000010737473630000000000000000' },
  { name: 'stsz', box: buildStsz(), hex: '000000147374737a000000000000000000000000' },
  { name: 'stco', box: buildStco(), hex: '000000107374636f0000000000000000' },
  { name: 'pasp', box: buildPasp([4, 3]), hex: '00000010706173700000000400000003' },
  {
    name: 'colr',
    box: buildColr({ primaries: 9, transfer: 16, matrix: 9, fullRange: false }),
    hex: '00000013636f6c726e636c7800090010000900',
  },
  {
    name: 'mdcv',
    // What mkvmerge wrote into a Matroska file and FFmpeg copied from there.
    box: buildMdcv({
      red: [0.68, 0.32],
      green: [0.265, 0.69],
      blue: [0.15, 0.06],
      white: [0.3127, 0.329],
      maxLuminance: 1000,
      minLuminance: 0.005,
    }),
    hex: '000000206d64637633c286c41d4c0bb884d03e803d1340420098968000000032',
  },
  { name: 'clli', box: buildClli({ maxCll: 1000, maxFall: 400 }), hex: '0000000c636c6c6903e80190' },
  {
    name: 'trex',
    box: buildTrex(1),
    hex: '0000002074726578000000000000000100000001000000000000000000000000',
  },
  { name: 'mfhd', box: buildMfhd(2), hex: '000000106d6668640000000000000002' },
  {
    name: 'tfhd with all defaults',
    box: buildTfhd({ trackId: 1, defaultDuration: 512, defaultSize: 0x700, defaultFlags: 0x01010000 }),
    hex: '0000001c746668640002003800000001000002000000070001010000',
  },
  { name: 'tfdt', box: buildTfdt(12_288), hex: '0000001474666474010000000000000000003000' },
  {
    name: 'trun with the first sample’s flags, sizes and signed composition offsets',
    box: buildTrun({
      dataOffset: 0xa0,
      samples: [
        [0x700, 0],
        [0x129, 0x400],
        [0x7c, -0x200],
        [0x7e, -0x200],
        [0xbb, 0x200],
        [0x76, -0x200],
      ].map(([size, compositionOffset]) => ({
        duration: 512,
        compositionOffset: compositionOffset!,
        flags: 0x01010000,
        data: new Uint8Array(size!),
      })),
      firstSampleFlags: 0x02000000,
      hasDurations: false,
      hasSizes: true,
      hasFlags: false,
      hasCompositionOffsets: true,
    }),
    hex: `000000487472756e01000a0500000006000000a002000000000007000000000000000129000004000000007cfffffe000000007e
      fffffe00000000bb0000020000000076fffffe00`,
  },
];

/** Boxes of other writers: each says which. */
const fromOthers: readonly Golden[] = [
  {
    name: 'esds with sizes of one byte',
    // hlg10-color-test.mp4 of the androidx test data, an Android camera's; its bufferSizeDB of 768 made 0.
    box: buildEsds(0x40, fromHex('1190')),
    hex: '00000027 65736473 00000000 0319 0000 00 0411 40 15 000000 00000000 00000000 0502 1190 0601 02',
  },
  {
    name: 'tkhd of a picture turned clockwise',
    // video_90.mov, a telephone's video of the Kinetics set: flags and size of that file.
    box: buildTkhd({
      trackId: 1,
      duration: 100,
      isEnabled: true,
      alternateGroup: 0,
      isAudio: false,
      pose: { rotation: 90, isMirrored: false },
      width: 568,
      height: 320,
    }),
    hex: `0000005c746b686400000003000000000000000000000001000000000000006400000000000000000000000000000000000000000001
      000000000000ffff000000000000000000000140000000000000400000000238000001400000`,
  },
];

/** Boxes that no tool at hand writes, laid out by the specification's syntax. */
const bySyntax: readonly Golden[] = [
  { name: 'mehd', box: buildMehd(2 ** 32 + 5), hex: '00000014 6d656864 01000000 0000000100000005' },
  { name: 'elng', box: buildElng('de-CH'), hex: '00000012 656c6e67 00000000 64652d4348 00' },
  { name: 'the header of mdat', box: buildMdatHeader(0x10), hex: '00000018 6d646174' },
  {
    name: 'mdhd of more than 32 bits of ticks',
    box: buildMdhd(90_000, 2 ** 32, 'und'),
    hex: '0000002c 6d646864 01000000 0000000000000000 0000000000000000 00015f90 0000000100000000 55c4 0000',
  },
  {
    name: 'esds without specific information',
    box: buildEsds(0x6b, undefined),
    hex: '00000023 65736473 00000000 0315 0000 00 040d 6b 15 000000 00000000 00000000 0601 02',
  },
  {
    name: 'tfhd without defaults',
    box: buildTfhd({
      trackId: 7,
      defaultDuration: undefined,
      defaultSize: undefined,
      defaultFlags: undefined,
    }),
    hex: '00000010 74666864 00020000 00000007',
  },
  {
    name: 'clli above what 16 bits hold',
    box: buildClli({ maxCll: 100_000, maxFall: -1 }),
    hex: '0000000c 636c6c69 ffff 0000',
  },
];

describe('boxes', () => {
  for (const [origin, goldens] of Object.entries({ fromFfmpeg, fromOthers, bySyntax })) {
    for (const { name, box, hex } of goldens) {
      it(`writes ${name} (${origin})`, () => {
        assert.equal(toHex(writeBoxes([box])), hex.replaceAll(/\s/g, ''));
      });
    }
  }

  it('writes descriptor sizes of more than seven bits with continuation bits', () => {
    const specific = new Uint8Array(200).fill(0xaa);
    const esds = toHex(writeBoxes([buildEsds(0x40, specific)]));
    // DecoderSpecificInfo 200 = 0x81 0x48; DecoderConfig 13 + 3 + 200 = 216 = 0x81 0x58; ES 3 + 219 + 3 = 225 = 0x81 0x61.
    assert.equal(esds.slice(0, 48), '000000f06573647300000000038161000000048158401500');
    assert.ok(esds.includes('058148aaaa'));
    assert.ok(esds.endsWith('aa060102'));
  });

  it('keeps mastering values of a hostile file within their fields', () => {
    const display = {
      red: [Number.NaN, Number.POSITIVE_INFINITY],
      green: [-1, 2],
      blue: [0, 0],
      white: [0, 0],
      maxLuminance: 1e30,
      minLuminance: -5,
    } as const;
    assert.equal(
      toHex(writeBoxes([buildMdcv(display)])),
      '000000206d646376' + '0000ffff' + '00000000' + '0000ffff' + '00000000' + 'ffffffff' + '00000000',
    );
  });
});
