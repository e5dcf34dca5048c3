import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../test/support/hex.js';
import { audioTrack } from '../../test/support/tracks.js';
import type { AudioTrack } from '../media/track.js';
import { samplesByBytes } from './bytes-duration.js';

/** A packet that begins with some bytes. */
function packetOf(bytes: number, head = ''): Uint8Array {
  const packet = new Uint8Array(bytes);
  packet.set(fromHex(head));
  return packet;
}

// Sizes and heads of packets are what the encoders of Debian's ffmpeg 5.1.9 write; lengths are those of the frames that
// ffprobe decodes from the same files. RealAudio's are those that its decoders state.
const CASES: readonly (readonly [
  AudioTrack['codec'],
  Partial<AudioTrack>,
  Uint8Array,
  number | undefined,
])[] = [
  ['adpcm_yamaha', { channels: 2 }, packetOf(1024), 1024],
  ['adpcm_g722', { channels: 1 }, packetOf(160), 320],
  ['adpcm_g726', { channels: 1, bitDepth: 4 }, packetOf(160), 320],
  ['adpcm_g726', { channels: 1, bitDepth: undefined }, packetOf(160), undefined],
  ['adpcm_swf', { channels: 1 }, packetOf(2051, '8000007777777200'), 4096],
  ['adpcm_swf', { channels: 2 }, packetOf(4101, '8000000000'), 4096],
  ['adpcm_swf', { channels: 1 }, new Uint8Array(0), undefined],
  ['adpcm_ima_qt', { channels: 2 }, packetOf(68), 64],
  ['g723_1', { channels: 1 }, packetOf(24, 'f4169c05'), 240],
  ['g723_1', { channels: 1 }, packetOf(48, 'f4169c05'), 480],
  ['pcm_bluray', { channels: 3 }, packetOf(1924, '07804140'), 240],
  ['pcm_bluray', { channels: 2 }, packetOf(964, '03c03140'), 240],
  ['pcm_bluray', { channels: 2 }, packetOf(964, '03c03100'), undefined],
  ['nellymoser', { channels: 1 }, packetOf(64), 256],
  ['gsm', { channels: 1 }, packetOf(66), 320],
  ['gsm_ms', { channels: 1 }, packetOf(65), 320],
  ['gsm_ms', { channels: 1 }, packetOf(64), undefined],
  ['ra_144', { channels: 1 }, packetOf(20), 160],
  ['sipr', { channels: 1 }, packetOf(29), 288],
  ['sipr', { channels: 1 }, packetOf(30), undefined],
  ['atrac3', { channels: 2, blockAlign: 192 }, packetOf(384), 2048],
  ['cook', { channels: 2, codecPrivate: fromHex('01000003080000250000000000020004') }, packetOf(93), 1024],
  ['cook', { channels: 2, codecPrivate: fromHex('0100') }, packetOf(93), undefined],
  ['speex', { channels: 1 }, packetOf(38), undefined],
];

describe('samplesByBytes', () => {
  for (const [codec, fields, packet, samples] of CASES) {
    it(`tells ${samples ?? 'nothing'} of ${packet.length} bytes of ${codec}`, () => {
      assert.equal(samplesByBytes(audioTrack(codec, fields), packet), samples);
    });
  }
});
