import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BitWriter } from '../src/bytes/bit-writer.js';
import { writeAudioSpecificConfig } from '../src/codecs/aac/audio-specific-config-writer.js';
import { configureAudio } from '../src/codecs/audio.js';
import { buildSilentPacket } from '../src/codecs/silence.js';
import { buildFragment } from '../src/isobmff/fragment.js';
import { buildInitSegment } from '../src/isobmff/init-segment.js';
import { AUDIO_SAMPLE_FLAGS } from '../src/isobmff/sample-flags.js';
import type { AudioTrack } from '../src/media/track.js';
import { declareCopiedAudio } from '../src/pipelines/declare-audio.js';
import { joinBytes } from './support/read-stream.js';
import { decodeAudio } from './support/segmented-audio.js';
import { audioTrack } from './support/tracks.js';

const count = 12;

function aac(channelConfiguration: number, sbrSampleRate?: number): AudioTrack {
  const codecPrivate = writeAudioSpecificConfig({
    objectType: 2,
    coreSampleRate: sbrSampleRate === undefined ? 48_000 : sbrSampleRate / 2,
    channelConfiguration,
    sbrSampleRate,
  });
  return audioTrack('aac', { codecPrivate });
}

function opus(channels: number, mapping: readonly number[] = []): AudioTrack {
  const magic = new TextEncoder().encode('OpusHead');
  const family = mapping.length === 0 ? 0 : 1;
  const codecPrivate = Uint8Array.of(...magic, 1, channels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, family, ...mapping);
  return audioTrack('opus', { codecPrivate, channels });
}

function flac(channels: number, bitDepth: number): AudioTrack {
  const body = new BitWriter(34);
  body.bits(4608, 16);
  body.bits(4608, 16);
  body.bits(0, 32); // frame sizes
  body.bits(0, 16);
  body.bits(48_000, 20);
  body.bits(channels - 1, 3);
  body.bits(bitDepth - 1, 5);
  for (const bits of [4, 32, 32, 32, 32, 32]) body.bits(0, bits); // length, MD5
  return audioTrack('flac', { codecPrivate: body.finish() });
}

describe('silent packets, decoded by ffmpeg', () => {
  const cases: [name: string, track: AudioTrack, channels: number][] = [
    ...[1, 2, 3, 4, 5, 6].map((n) => [`AAC of ${n} channels`, aac(n), n] as [string, AudioTrack, number]),
    ['AAC 7.1', aac(7), 8],
    ['AAC 6.1', aac(11), 7],
    ['AAC 7.1, back', aac(12), 8],
    ['HE-AAC', aac(2, 48_000), 2],
    ['Opus mono', opus(1), 1],
    ['Opus stereo', opus(2), 2],
    ['Opus 5.1', opus(6, [4, 2, 0, 4, 1, 2, 3, 5]), 6],
    ['FLAC mono of 16 bits', flac(1, 16), 1],
    ['FLAC stereo of 24 bits', flac(2, 24), 2],
    ['FLAC 5.1 of 20 bits', flac(6, 20), 6],
    ['FLAC 7.1 of 16 bits', flac(8, 16), 8],
  ];
  for (const [name, track, channels] of cases) {
    it(`is silence: ${name}`, async () => {
      const silence = buildSilentPacket(track, undefined)!;
      const configuration = configureAudio(track, silence.data)!;
      const declared = declareCopiedAudio(track, 1, configuration.sampleRate, configuration);
      const sample = {
        duration: silence.samples,
        compositionOffset: 0,
        flags: AUDIO_SAMPLE_FLAGS,
        data: silence.data,
      };
      const { chunks } = buildFragment({
        sequenceNumber: 1,
        tracks: [
          { trackId: 1, baseMediaDecodeTime: 0, samples: Array(count).fill(sample) as (typeof sample)[] },
        ],
      });
      const file = joinBytes([buildInitSegment({ tracks: [declared] }), ...chunks]);
      const { samples, messages } = await decodeAudio(file);
      assert.equal(messages, '');
      assert.equal(samples.length, count * silence.samples * channels);
      assert.ok(samples.every((value) => value === 0));
    });
  }

  it('cannot be made for every codec', () => {
    assert.equal(buildSilentPacket(audioTrack('ac3'), undefined), undefined);
    assert.equal(buildSilentPacket(audioTrack('flac'), undefined), undefined);
    assert.equal(
      buildSilentPacket(audioTrack('opus', { codecPrivate: Uint8Array.of(1, 2) }), undefined),
      undefined,
    );
    // channelConfiguration 0: a program_config_element tells the channels.
    assert.equal(buildSilentPacket(aac(0), undefined), undefined);
  });
});
