import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import { videoTrack } from '../../../test/support/tracks.js';
import { configureAvc } from './configure.js';
import { fromHex, toHex } from '../../../test/support/hex.js';

// avcC boxes as Debian's ffmpeg 5.1.9 writes them for libx264.
const records = {
  'avc1.42c00a': '0142c00affe100176742c00ad9047b011000000300100000030300f122648001000568cb83cb20',
  'avc1.4d400a': '014d400affe10017674d400aeca23d80880000030008000003018078912cb001000568ebe3cb20',
  'avc1.64000a':
    '0164000affe1001b6764000aacd9447eab0e6e020202800000030080000018078912cb01000768ebe3cb3002c0fdf8f800',
  'avc1.6e000a': '016e000affe10018676e000aa6cd9447b011000003000100000300300f12259601000668ebe3cb22c0fdfafa00',
  'avc1.7a000a': '017a000affe10018677a000abcd9447b011000000300100000030300f122596001000668ebe3cb22c0fef8f800',
  'avc1.f4000a': '01f4000affe1001867f4000a919b288f6022000003000200000300601e244b2c01000668ebe3c44844fff8f800',
};
const payloadOf = (configuration: ReturnType<typeof configureAvc>): string => {
  assert.equal(configuration.decoder.kind, 'box');
  return toHex(configuration.decoder.payload);
};

describe('configureAvc', () => {
  for (const [codecString, record] of Object.entries(records)) {
    it(`keeps a complete record and calls it ${codecString}`, () => {
      const codecPrivate = fromHex(record);
      const configuration = configureAvc(videoTrack('h264', { codecPrivate }), undefined);
      assert.equal(configuration.codecString, codecString);
      assert.equal(configuration.sampleEntry, 'avc1');
      assert.equal(configuration.decoder.kind === 'box' && configuration.decoder.payload, codecPrivate);
    });

    it(`builds the same record for ${codecString} from Annex B`, () => {
      const original = fromHex(record);
      const spsSize = (original[6]! << 8) | original[7]!;
      const sps = original.subarray(8, 8 + spsSize);
      const ppsAt = 8 + spsSize + 3;
      const pps = original.subarray(ppsAt, ppsAt + original[ppsAt - 1]!);
      const sample = Uint8Array.of(0, 0, 0, 1, ...sps, 0, 0, 1, ...pps, 0, 0, 1, 0x65, 0x88, 0x84, 0x21);
      assert.equal(payloadOf(configureAvc(videoTrack('h264'), sample)), record);
    });
  }

  it('tells size, shape, colour and format', () => {
    const configuration = configureAvc(
      videoTrack('h264', { codecPrivate: fromHex(records['avc1.64000a']) }),
      undefined,
    );
    assert.deepEqual([configuration.width, configuration.height], [62, 46]);
    assert.deepEqual(configuration.pixelAspectRatio, [4, 3]);
    assert.deepEqual(configuration.color, { primaries: 1, transfer: 1, matrix: 1, fullRange: true });
    assert.deepEqual(
      [configuration.bitDepth, configuration.chroma, configuration.reorderDepth],
      [8, '4:2:0', 2],
    );
  });

  it('adds the High profile fields that an old muxer left out', () => {
    const short = fromHex(records['avc1.64000a'].slice(0, -8));
    assert.equal(
      payloadOf(configureAvc(videoTrack('h264', { codecPrivate: short }), undefined)),
      records['avc1.64000a'],
    );
  });

  it('fills an empty record from the first sample, with the lengths that samples are sent with', () => {
    const codecPrivate = fromHex('014d400afde000');
    const sample = fromHex(
      '0017 674d400aeca23d80880000030008000003018078912cb0 0005 68ebe3cb20 0004 65888400',
    );
    assert.equal(
      payloadOf(configureAvc(videoTrack('h264', { codecPrivate }), sample)),
      records['avc1.4d400a'],
    );
  });

  it('declares avc3 when the first sample carries other parameter sets', () => {
    const codecPrivate = fromHex(records['avc1.4d400a']);
    const other = configureAvc(
      videoTrack('h264', { codecPrivate }),
      fromHex('00000005 68ebe3cb21 00000004 65888400'),
    );
    assert.deepEqual([other.sampleEntry, other.codecString], ['avc3', 'avc3.4d400a']);
    const same = configureAvc(
      videoTrack('h264', { codecPrivate }),
      fromHex('00000005 68ebe3cb20 00000004 65888400'),
    );
    assert.equal(same.sampleEntry, 'avc1');
  });

  it('says what is missing', () => {
    assert.throws(() => configureAvc(videoTrack('h264'), fromHex('00000001 65888400')), MalformedMediaError);
    assert.throws(
      () => configureAvc(videoTrack('h264', { codecPrivate: fromHex('02') }), undefined),
      MalformedMediaError,
    );
    const threeBytes = fromHex(records['avc1.4d400a'].replace('ffe1', 'fee1'));
    assert.throws(
      () => configureAvc(videoTrack('h264', { codecPrivate: threeBytes }), undefined),
      UnsupportedMediaError,
    );
  });
});
