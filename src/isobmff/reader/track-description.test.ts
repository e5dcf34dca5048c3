import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import {
  ascii,
  audioEntry,
  box,
  fullBox,
  join,
  u16,
  u32,
  visualEntry,
} from '../../../test/support/mp4-writer.js';
import type { AudioTrack, VideoTrack } from '../../media/track.js';
import { viewBoxes } from '../box-view.js';
import { describeTrack, type TrackFacts } from './track-description.js';

const FACTS: TrackFacts = {
  id: 1,
  timescale: 48_000,
  language: 'und',
  name: undefined,
  isDefault: true,
  defaultDuration: undefined,
  rotation: 0,
  isMirrored: false,
  displayWidth: 0,
  displayHeight: 0,
};

function audio(entry: Uint8Array): { track: AudioTrack; grouping: object | undefined } {
  const { track, grouping } = describeTrack('audio', viewBoxes(entry, 0)[0]!, FACTS, false);
  assert.ok(track.type === 'audio');
  return { track, grouping };
}

function video(entry: Uint8Array, facts: Partial<TrackFacts> = {}): VideoTrack {
  const { track } = describeTrack('video', viewBoxes(entry, 0)[0]!, { ...FACTS, ...facts }, false);
  assert.ok(track.type === 'video');
  return track;
}

/** An elementary stream descriptor whose sizes take four bytes, as many writers have it. */
function esds(objectType: number, info: readonly number[]): Uint8Array {
  const descriptor = (tag: number, ...body: readonly number[]): number[] => [
    tag,
    0x80,
    0x80,
    0x80,
    body.length,
    ...body,
  ];
  const config = descriptor(4, objectType, 0x15, 0, 0, 0, ...u32(0, 128_000), ...(info.length > 0 ? descriptor(5, ...info) : [])); // prettier-ignore
  return fullBox('esds', 0, 0, descriptor(3, 0, 1, 0, ...config, ...descriptor(6, 2)));
}

describe('a sound track', () => {
  it('is of the codec that its elementary stream descriptor names', () => {
    const codecOf = (type: number, info: readonly number[] = []): string =>
      audio(audioEntry('mp4a', {}, esds(type, info))).track.codec;
    assert.equal(codecOf(0x40, [0x11, 0x90]), 'aac');
    assert.equal(codecOf(0x6b), 'mp3');
    assert.equal(codecOf(0xa5), 'ac3');
    assert.equal(codecOf(0x40, [0xf8, 0x48]), 'mp3');
    assert.equal(codecOf(0x01), 'unknown');
  });

  it('has the rate of its AudioSpecificConfig, that before and after SBR', () => {
    // HE-AAC, signalled explicitly: 24 kHz core, 48 kHz out, two channels.
    const { track } = audio(
      audioEntry('mp4a', { channels: 1, rate: 48_000 }, esds(0x40, [0x2b, 0x11, 0x88, 0x00])),
    );
    assert.deepEqual([track.sampleRate, track.outputSampleRate, track.channels], [24_000, 48_000, 2]);
    assert.equal(toHex(track.codecPrivate!), '2b118800');
    assert.equal(track.bitRate, 128_000);
  });

  it('gives its configuration as libavcodec takes it', () => {
    const opus = audio(
      audioEntry('Opus', {}, box('dOps', fromHex('00020138 0000bb80 0000 00'.replaceAll(' ', '')))),
    );
    assert.equal(
      toHex(opus.track.codecPrivate!),
      `${toHex(Uint8Array.from(ascii('OpusHead')))}01023801` + '80bb0000000000',
    );
    const body = '80000022'.concat('00'.repeat(34));
    assert.equal(toHex(audio(audioEntry('fLaC', {}, fullBox('dfLa', 0, 0, fromHex(body)))).track.codecPrivate!), `664c6143${body}`); // prettier-ignore
    const cookie = fullBox('alac', 0, 0, new Uint8Array(24).fill(7));
    assert.deepEqual(audio(audioEntry('alac', {}, cookie)).track.codecPrivate, cookie);
    assert.deepEqual(audio(audioEntry('alac', {}, box('wave', cookie))).track.codecPrivate, cookie);
  });

  it('is plain sound of the width and order that QuickTime says', () => {
    const enda = box('wave', box('enda', u16(1)));
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [audioEntry('twos'), 'pcm_s16be'],
      [audioEntry('sowt'), 'pcm_s16le'],
      [audioEntry('twos', { bits: 8 }), 'pcm_s8'],
      [audioEntry('raw ', { bits: 8 }), 'pcm_u8'],
      [audioEntry('in24'), 'pcm_s24be'],
      [audioEntry('in24', {}, enda), 'pcm_s24le'],
      [audioEntry('fl32', {}, enda), 'pcm_f32le'],
      [audioEntry('fl64'), 'pcm_f64be'],
      [audioEntry('ipcm', {}, fullBox('pcmC', 0, 0, [1, 24])), 'pcm_s24le'],
      [audioEntry('fpcm', {}, fullBox('pcmC', 0, 0, [0, 32])), 'pcm_f32be'],
    ];
    for (const [entry, codec] of cases) assert.equal(audio(entry).track.codec, codec);
  });

  it('has a QuickTime description of version 1 or 2', () => {
    const version1 = join(audioEntry('ima4').subarray(8), u32(64, 34, 68, 2));
    version1[9] = 1;
    const { grouping, track } = audio(box('ima4', version1));
    assert.equal(track.codec, 'adpcm_ima_qt');
    assert.deepEqual(grouping, { samples: 1024, blockSamples: 64, blockBytes: 68 });
    const rate = new Uint8Array(8);
    new DataView(rate.buffer).setFloat64(0, 192_000);
    const version2 = join(new Uint8Array(6), u16(1), u16(2), new Uint8Array(18), u32(72), rate, u32(6, 0x7f000000, 24, 2 | 4, 18, 1)); // prettier-ignore
    const lpcm = audio(box('lpcm', version2)).track;
    assert.deepEqual(
      [lpcm.codec, lpcm.sampleRate, lpcm.channels, lpcm.bitDepth],
      ['pcm_s24be', 192_000, 6, 24],
    );
  });
});

describe('a picture track', () => {
  it('is of the codec that its entry names', () => {
    const names = ['avc3', 'dvh1', 'av01', 'vp09', 's263', 'jpeg', 'apcn', 'dvc ', 'xyz!'];
    assert.deepEqual(
      names.map((name) => video(visualEntry(name)).codec),
      ['h264', 'hevc', 'av1', 'vp9', 'h263', 'mjpeg', 'prores', 'dvvideo', 'unknown'],
    );
    assert.equal(video(visualEntry('mp4v', esds(0x61, []))).codec, 'mpeg2video');
    assert.equal(toHex(video(visualEntry('mp4v', esds(0x20, [0, 0, 1, 0xb0]))).codecPrivate!), '000001b0');
  });

  it('gives what vpcC says, in the form of WebM', () => {
    const track = video(visualEntry('vp09', fullBox('vpcC', 1, 0, [2, 31, 0xa3, 9, 16, 9, 0, 0])));
    assert.equal(toHex(track.codecPrivate!), '01010202011f03010a040101');
    assert.deepEqual(track.color, { primaries: 9, transfer: 16, matrix: 9, fullRange: true });
  });

  it('has pixels of the shape that its size on the screen tells', () => {
    assert.deepEqual(
      video(visualEntry('avc1'), { displayWidth: 32, displayHeight: 16 }).pixelAspectRatio,
      [2, 1],
    );
    assert.deepEqual(
      video(visualEntry('avc1'), { displayWidth: 16.5, displayHeight: 16 }).pixelAspectRatio,
      [1, 1],
    );
  });

  it('has pixels of the shape that its parameter sets state, where nothing else does', () => {
    // ffprobe tells SAR 4:3 of a byte stream with these parameter sets.
    const avcC = box(
      'avcC',
      fromHex(
        '0164000affe1001b6764000aacd9447eab0e6e020202800000030080000018078912cb01000768ebe3cb3002c0fdf8f800',
      ),
    );
    const square = box('pasp', u32(1, 1));
    assert.deepEqual(video(visualEntry('avc1', avcC)).pixelAspectRatio, [4, 3]);
    assert.deepEqual(video(visualEntry('avc1', avcC, square)).pixelAspectRatio, [1, 1]);
  });

  it('says that it is Dolby Vision', () => {
    const { dolbyVision } = video(visualEntry('dvh1', box('dvcC', [1, 0, 10, 24])));
    assert.deepEqual(dolbyVision, { boxType: 'dvcC', record: new Uint8Array([1, 0, 10, 24]) });
  });
});
