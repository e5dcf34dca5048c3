import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../test/support/hex.js';
import { audioTrack, videoTrack } from '../../test/support/tracks.js';
import { SegmintError } from '../errors.js';
import type { AudioCodec, VideoCodec } from '../media/codec.js';
import { configureAudio, createAudioConverter } from './audio.js';
import { createFrameDuration } from './frame-duration.js';
import { configureVideo, createVideoConverter, createVideoInspector } from './video.js';

/** Valid private data and first bytes of samples, to be damaged; what follows a codec is [private, sample]. */
const videoSeeds: Partial<Record<VideoCodec, readonly (readonly [string, string])[]>> = {
  h264: [
    [
      '0164000affe1001b6764000aacd9447eab0e6e020202800000030080000018078912cb01000768ebe3cb3002c0fdf8f800',
      '0000000506' + '0601c4800000039e41889a037fd4',
    ],
    ['', '000000016764000aacd9447eab0e6e020202800000030080000018078912cb0000000168ebe3cb3002c0000001658884'],
  ],
  hevc: [
    [
      '',
      '0000000140010c01ffff02200000030090000003000003001e9594090000000142010102200000030090000003000003001ea020831d53659596e4caf016a122012080000003008000000c04000000014401c173d089270000014e01891833c286c41d4c0bb884d03e803d134042009896800000030001800000012801af',
    ],
  ],
  av1: [['81004c000a0d00000002aff79b5f2a12201208', '12000a0d00000002aff79b5f2a1220120832af0414']],
  vp9: [['010100020128030108040101', 'b124c1a142001f8017b061c120e0c2e0001c007c']],
  vp8: [['', '1025009d012a40003000004708858588']],
};
const audioSeeds: Partial<Record<AudioCodec, readonly (readonly [string, string])[]>> = {
  aac: [
    ['118004c4010020000d4c61766335392e33372e31303056e500', '2100'],
    ['', 'fff14c8001fffcde02004c61766335'],
    ['', '56e00b200011901f042100490000'],
  ],
  ac3: [['', '0b77b50b1e40ebf8']],
  eac3: [['', '0b77037f3f87c00020f820000200400004001fcc7e0107e1']],
  opus: [[`${toHex(new TextEncoder().encode('OpusHead'))}0106380180bb00000000010402000401020305`, 'fcb4']],
  flac: [
    [
      '664c6143800000221200120000011b0005140bb80b7000003840ac6cb81e3336d327945e18447881da79',
      'fff87908e180800fad',
    ],
  ],
  mp3: [['', 'fffb54c4']],
  dts: [['', '7ffe8001fc3c75b276c005380009ef7b']],
  truehd: [['', '804cffd8f8726fba0097c00fb7520000']],
  mlp: [['', '5030ffd8f8726fbb0f0f0000b7524000']],
  vorbis: [
    [
      '021e0701766f7262697300000000 0280bb0000000000008038010000000000b80103766f7262697305766f72626973',
      '5ce3',
    ],
  ],
  alac: [['00000024616c616300000000000010000010280a0e01000000002004000ac4400000ac44', '0000100000075c00']],
  pcm_s16le: [['', '00010203']],
};

/** Random bytes, or a valid seed with some bytes changed and its end cut off. */
function bytesFrom(seed: string): fc.Arbitrary<Uint8Array> {
  const valid = fromHex(seed);
  const damaged = fc
    .record({
      length: fc.nat(valid.length),
      edits: fc.array(fc.tuple(fc.nat(Math.max(valid.length - 1, 0)), fc.nat(255)), { maxLength: 4 }),
    })
    .map(({ length, edits }) => {
      const copy = valid.slice(0, Math.max(length, valid.length - length));
      for (const [at, value] of edits) if (at < copy.length) copy[at] = value;
      return copy;
    });
  return fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged, fc.constant(valid));
}

/** Runs what may fail, but only with an error of the taxonomy. */
function mayRefuse<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    assert.ok(error instanceof SegmintError, `not of the taxonomy: ${String(error)}`);
    assert.notEqual(error.code, 'invariant', error.message);
    return undefined;
  }
}

const runs = { numRuns: 300 };

describe('video codecs with hostile bytes', () => {
  for (const [codec, seeds] of Object.entries(videoSeeds)) {
    it(`${codec} gives a value or an error of the taxonomy`, () => {
      for (const [codecPrivate, sample] of seeds) {
        fc.assert(
          fc.property(bytesFrom(codecPrivate), bytesFrom(sample), (privateBytes, sampleBytes) => {
            const track = videoTrack(codec as VideoCodec, {
              codecPrivate: privateBytes.length === 0 ? undefined : privateBytes,
            });
            const configuration = mayRefuse(() => configureVideo(track, sampleBytes));
            if (configuration !== undefined) {
              assert.ok(configuration.width > 0 && configuration.height > 0);
              assert.ok(configuration.reorderDepth >= 0 && configuration.reorderDepth <= 16);
            }
            // An inspector that could be made never fails: it runs on every sample.
            mayRefuse(() => createVideoInspector(track))?.(sampleBytes);
            const convert = mayRefuse(() => createVideoConverter(track));
            if (convert !== undefined) mayRefuse(() => convert(sampleBytes));
          }),
          runs,
        );
      }
    });
  }
});

describe('audio codecs with hostile bytes', () => {
  for (const [codec, seeds] of Object.entries(audioSeeds)) {
    it(`${codec} gives a value or an error of the taxonomy`, () => {
      for (const [codecPrivate, sample] of seeds) {
        fc.assert(
          fc.property(bytesFrom(codecPrivate), bytesFrom(sample), (privateBytes, sampleBytes) => {
            const track = audioTrack(codec as AudioCodec, {
              codecPrivate: privateBytes.length === 0 ? undefined : privateBytes,
            });
            const configuration = mayRefuse(() => configureAudio(track, sampleBytes));
            if (configuration !== undefined) assert.ok(configuration.sampleRate > 0);
            const durationOf = createFrameDuration(track, sampleBytes);
            const samples = durationOf(sampleBytes);
            assert.ok(
              samples === undefined || (Number.isSafeInteger(samples) && samples >= 0),
              String(samples),
            );
            const convert = mayRefuse(() => createAudioConverter(track, sampleBytes));
            if (convert !== undefined) mayRefuse(() => convert(sampleBytes));
          }),
          runs,
        );
      }
    });
  }
});
