import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../test/support/hex.js';
import { findBoxes, readBoxes, theBox, type Mp4Box } from '../../test/support/mp4-boxes.js';
import { aacTrack, h264Track } from '../../test/support/mux-tracks.js';
import { InvariantError } from '../errors.js';
import { buildInitSegment, type InitSegmentOptions } from './init-segment.js';
import type { MuxTrack } from './mux-track.js';

const boxesOf = (options: InitSegmentOptions) => readBoxes(buildInitSegment(options));

/** The tree as text: a type, and its children in brackets. */
function shape(boxes: readonly Mp4Box[]): string {
  return boxes.map((box) => box.type + (box.children.length > 0 ? `(${shape(box.children)})` : '')).join(' ');
}

const brandsOf = (tracks: readonly MuxTrack[]) =>
  Buffer.from(theBox(boxesOf({ tracks }), 'ftyp').bytes.subarray(8)).toString('latin1');

const number = (box: Mp4Box, at: number) => Buffer.from(box.bytes).readUInt32BE(at);

describe('buildInitSegment', () => {
  it('declares picture and sound, and nothing of samples', () => {
    const boxes = boxesOf({ tracks: [h264Track, aacTrack], durationMs: 90_000 });
    assert.equal(
      shape(boxes),
      'ftyp moov(mvhd ' +
        'trak(tkhd mdia(mdhd hdlr minf(vmhd dinf(dref(url )) ' +
        'stbl(stsd(avc1(avcC colr pasp)) stts stsc stsz stco)))) ' +
        'trak(tkhd mdia(mdhd hdlr minf(smhd dinf(dref(url )) stbl(stsd(mp4a(esds)) stts stsc stsz stco)))) ' +
        'mvex(mehd trex trex))',
    );
    assert.equal(number(theBox(boxes, 'moov/mvhd'), 104), 3, 'next_track_ID');
    assert.deepEqual(
      findBoxes(boxes, 'moov/mvex/trex').map((trex) => number(trex, 12)),
      [1, 2],
    );
  });

  it('writes the bytes that FFmpeg 5.1 writes, where both say the same', () => {
    // The trak of `ffmpeg -movflags +frag_keyframe+empty_moov+default_base_moof+write_colr -use_editlist 0`, German,
    // with its handler's and compressor's names made empty.
    const { bytes } = theBox(boxesOf({ tracks: [{ ...h264Track, language: 'de' }] }), 'moov/trak');
    assert.equal(
      toHex(bytes),
      '000001f97472616b' +
        '0000005c746b6864000000030000000000000000000000010000000000000000000000000000000000000000000000000001000000000000' +
        '00000000000000000001000000000000000000000000000040000000' +
        '01aaaaab00f00000' +
        '000001956d646961' +
        '000000206d64686400000000000000000000000000005dc00000000010b50000' +
        '0000002168646c7200000000000000007669646500000000000000000000000000' +
        '0000014c6d696e66' +
        '00000014766d6864000000010000000000000000' +
        '0000002464696e660000001c6472656600000000000000010000000c75726c2000000001' +
        '0000010c7374626c' +
        '000000c0737473640000000000000001' +
        '000000b061766331000000000000000100000000000000000000000000000000014000f0004800000048000000000000000100000000000000' +
        '000000000000000000000000000000000000000000000000000018ffff' +
        '00000037617663430164000dffe1001a6764000dacd94141fb0e6a020202800001f480005dc0078a14cb01000668ebe3cb22c0fdf8f800' +
        '00000013636f6c726e636c7800010001000100' +
        '00000010706173700000000400000003' +
        '00000010737474730000000000000000' +
        '00000010737473630000000000000000' +
        '000000147374737a000000000000000000000000' +
        '000000107374636f0000000000000000',
    );
  });

  it('promises by its brands no more than it keeps', () => {
    assert.equal(brandsOf([h264Track, aacTrack]), 'iso6\0\0\0\0iso6mp42');
    assert.equal(brandsOf([h264Track]), 'iso6\0\0\0\0iso6mp42cmfccmf2');
    const av1 = {
      ...h264Track.configuration,
      sampleEntry: 'av01',
      decoder: { kind: 'box', type: 'av1C', payload: fromHex('81000c00') },
    } as const;
    const dolbyVision = { boxType: 'dvvC', record: fromHex('0100') } as const;
    assert.equal(
      brandsOf([{ ...h264Track, configuration: av1, dolbyVision }]),
      'iso6\0\0\0\0iso6mp42cmfccmf2av01dby1',
    );
  });

  it('leaves durations to the fragments, and states them in the headers on request', () => {
    const headers = (options: InitSegmentOptions) => {
      const boxes = boxesOf(options);
      return [
        number(theBox(boxes, 'moov/mvhd'), 24),
        ...findBoxes(boxes, 'moov/trak/tkhd').map((box) => number(box, 28)),
        ...findBoxes(boxes, 'moov/trak/mdia/mdhd').map((box) => number(box, 24)),
        ...findBoxes(boxes, 'moov/mvex/mehd').map((box) => number(box, 16)),
      ];
    };
    const tracks = [h264Track, aacTrack];
    assert.deepEqual(headers({ tracks }), [0, 0, 0, 0, 0]);
    assert.deepEqual(headers({ tracks, durationMs: 1500 }), [0, 0, 0, 0, 0, 1500]);
    assert.deepEqual(
      headers({ tracks, durationMs: 1500, durationInHeaders: true }),
      [1500, 1500, 1500, 36_000, 72_000, 1500],
    );
    assert.deepEqual(headers({ tracks, durationInHeaders: true }), [0, 0, 0, 0, 0]);
  });

  it('holds durations of any length', () => {
    // 60 days of a 90 kHz track: more than 32 bits in milliseconds and in ticks alike.
    const boxes = boxesOf({
      tracks: [{ ...h264Track, timescale: 90_000 }],
      durationMs: 60 * 86_400_000,
      durationInHeaders: true,
    });
    assert.equal(Buffer.from(theBox(boxes, 'moov/mvhd').bytes).readBigUInt64BE(32), BigInt(60 * 86_400_000));
    assert.equal(
      Buffer.from(theBox(boxes, 'moov/trak/tkhd').bytes).readBigUInt64BE(36),
      BigInt(60 * 86_400_000),
    );
    assert.equal(
      Buffer.from(theBox(boxes, 'moov/trak/mdia/mdhd').bytes).readBigUInt64BE(32),
      BigInt(60 * 86_400 * 90_000),
    );
  });

  it('names languages by three letters, and by the whole tag where that says more', () => {
    const boxes = boxesOf({ tracks: [{ ...aacTrack, language: 'pt-BR', name: 'Comentário' }] });
    const mdia = theBox(boxes, 'moov/trak/mdia').children;
    assert.deepEqual(
      mdia.map((box) => box.type),
      ['mdhd', 'hdlr', 'elng', 'minf'],
    );
    // "por": p 16, o 15, r 18.
    assert.equal(number(theBox(mdia, 'mdhd'), 28) >>> 16, (16 << 10) | (15 << 5) | 18);
    assert.equal(Buffer.from(theBox(mdia, 'elng').bytes.subarray(12)).toString(), 'pt-BR\0');
    assert.equal(Buffer.from(theBox(mdia, 'hdlr').bytes.subarray(32)).toString(), 'Comentário\0');
  });

  it('enables the default tracks, or the first of a type without a default', () => {
    const enabled = (tracks: readonly MuxTrack[]) =>
      findBoxes(boxesOf({ tracks }), 'moov/trak/tkhd').map((box) => [
        box.bytes[11]! & 1,
        Buffer.from(box.bytes).readUInt16BE(42),
      ]);
    const second = { ...aacTrack, trackId: 3 };
    assert.deepEqual(enabled([h264Track, { ...aacTrack, isDefault: false }, second]), [
      [1, 0],
      [0, 2],
      [1, 2],
    ]);
    assert.deepEqual(
      enabled([
        { ...aacTrack, isDefault: false },
        { ...second, isDefault: false },
      ]),
      [
        [1, 2],
        [0, 2],
      ],
    );
  });

  it('turns the picture about, and back to where it starts at zero', () => {
    const matrix = (rotation: 0 | 90 | 180 | 270) => {
      const tkhd = Buffer.from(
        theBox(boxesOf({ tracks: [{ ...h264Track, rotation }] }), 'moov/trak/tkhd').bytes,
      );
      const [a, b, , c, d, , x, y] = Array.from(
        { length: 9 },
        (_, i) => tkhd.readInt32BE(48 + 4 * i) / 65_536,
      );
      // Where the corners of the 427 x 240 picture come to lie.
      return [
        [0, 0],
        [427, 0],
        [0, 240],
      ].map(([p, q]) => [a! * p! + c! * q! + x!, b! * p! + d! * q! + y!]);
    };
    assert.deepEqual(matrix(0), [
      [0, 0],
      [427, 0],
      [0, 240],
    ]);
    assert.deepEqual(matrix(90), [
      [240, 0],
      [240, 427],
      [0, 0],
    ]);
    assert.deepEqual(matrix(180), [
      [427, 240],
      [0, 240],
      [427, 0],
    ]);
    assert.deepEqual(matrix(270), [
      [0, 427],
      [0, 0],
      [240, 427],
    ]);
  });

  it('falls back to the coded size where a pixel’s shape stretches the picture beyond all fields', () => {
    const size = (pixelAspectRatio: readonly [number, number]) => {
      const tkhd = theBox(boxesOf({ tracks: [{ ...h264Track, pixelAspectRatio }] }), 'moov/trak/tkhd');
      return [number(tkhd, 84) / 65_536, number(tkhd, 88) / 65_536];
    };
    assert.deepEqual(size([3, 2]), [480, 240]);
    assert.deepEqual(size([1_000_000, 1]), [320, 240]);
    assert.deepEqual(size([1, 1_000_000]), [320, 240]);
  });

  it('refuses what no file can state', () => {
    const refused: readonly InitSegmentOptions[] = [
      { tracks: [] },
      { tracks: [h264Track, { ...aacTrack, trackId: 1 }] },
      { tracks: [{ ...aacTrack, trackId: 0 }] },
      { tracks: [{ ...aacTrack, timescale: 0 }] },
      { tracks: [{ ...aacTrack, timescale: 23.976 }] },
      { tracks: [aacTrack], durationMs: -1 },
      { tracks: [aacTrack], durationMs: 0.5 },
      { tracks: [aacTrack], durationMs: Number.POSITIVE_INFINITY },
    ];
    for (const options of refused) assert.throws(() => buildInitSegment(options), InvariantError);
  });
});
