import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../test/support/hex.js';
import { readBoxes, type Mp4Box } from '../../test/support/mp4-boxes.js';
import { h264Track } from '../../test/support/mux-tracks.js';
import { LimitExceededError } from '../errors.js';
import type { VideoConfiguration } from '../codecs/configuration.js';
import { writeBoxes } from './box.js';
import type { MuxVideoTrack } from './mux-track.js';
import { buildVisualSampleEntry } from './visual-sample-entry.js';

const entryOf = (track: MuxVideoTrack) => writeBoxes([buildVisualSampleEntry(track)]);
const childrenOf = (track: MuxVideoTrack): readonly Mp4Box[] => readBoxes(entryOf(track))[0]!.children;
const childOf = (track: MuxVideoTrack, type: string) => {
  const child = childrenOf(track).find((box) => box.type === type);
  return child && toHex(child.bytes.subarray(8));
};
const configured = (fields: Partial<VideoConfiguration>): MuxVideoTrack => ({
  ...h264Track,
  configuration: { ...h264Track.configuration, ...fields },
});

describe('buildVisualSampleEntry', () => {
  it('writes what FFmpeg 5.1 writes for H.264', () => {
    // With FFmpeg's compressorname ("Lavc libx264") made empty.
    assert.equal(
      toHex(entryOf(h264Track)),
      '000000b061766331000000000000000100000000000000000000000000000000' +
        '014000f000480000004800000000000000010000000000000000000000000000000000000000000000000000000000000000' +
        '0018ffff' +
        '00000037617663430164000dffe1001a6764000dacd94141fb0e6a020202800001f480005dc0078a14cb01000668ebe3cb22c0fdf8f800' +
        '00000013636f6c726e636c7800010001000100' +
        '00000010706173700000000400000003',
    );
  });

  it('puts the codec’s record first and adds what is known of the picture', () => {
    const track = configured({
      masteringDisplay: {
        red: [0.68, 0.32],
        green: [0.265, 0.69],
        blue: [0.15, 0.06],
        white: [0.3127, 0.329],
        maxLuminance: 1000,
        minLuminance: 0.005,
      },
      contentLight: { maxCll: 1000, maxFall: 400 },
      dolbyVision: { boxType: 'dvvC', record: fromHex('010010250000') },
    });
    assert.deepEqual(
      childrenOf(track).map((box) => box.type),
      ['avcC', 'dvvC', 'colr', 'mdcv', 'clli', 'pasp'],
    );
    assert.equal(childOf(track, 'dvvC'), '010010250000');
  });

  it('says nothing of what is not known, and that pixels are square', () => {
    const track = configured({ pixelAspectRatio: undefined, color: undefined });
    assert.deepEqual(
      childrenOf(track).map((box) => box.type),
      ['avcC', 'pasp'],
    );
    assert.equal(childOf(track, 'pasp'), '0000000100000001');
  });

  it('takes the container’s word before the bitstream’s, field by field', () => {
    const track: MuxVideoTrack = {
      ...h264Track,
      pixelAspectRatio: [8, 9],
      color: { primaries: 9, transfer: 2, matrix: 2, fullRange: undefined },
    };
    assert.equal(childOf(track, 'pasp'), '0000000800000009');
    assert.equal(childOf(track, 'colr'), toHex(new TextEncoder().encode('nclx')) + '00090001000100');
    assert.equal(
      childOf({ ...configured({ color: undefined }), color: track.color }, 'colr'),
      toHex(new TextEncoder().encode('nclx')) + '00090002000200',
    );
    const fullRange = { primaries: 2, transfer: 2, matrix: 2, fullRange: true };
    assert.equal(childOf({ ...h264Track, color: fullRange }, 'colr')!.slice(-2), '80');
  });

  it('refuses a picture that the fields cannot hold', () => {
    assert.throws(() => entryOf(configured({ width: 65_536 })), LimitExceededError);
    assert.throws(() => entryOf(configured({ height: 65_536 })), LimitExceededError);
    assert.throws(() => entryOf({ ...h264Track, pixelAspectRatio: [2 ** 32, 1] }), LimitExceededError);
  });
});
