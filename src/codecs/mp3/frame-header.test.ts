import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../../test/support/hex.js';
import { audioTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError } from '../../errors.js';
import { configureMp3 } from './configure.js';
import { mpegAudioSamples, parseMpegAudioFrame } from './frame-header.js';

describe('parseMpegAudioFrame', () => {
  // Headers of LAME and of FFmpeg's MP2 encoder; rates, packet sizes and durations of ffprobe.
  const frames = [
    { name: 'MPEG-1 layer III', header: 'fffb54c4', rate: 48000, channels: 1, samples: 1152, size: 192 },
    { name: 'MPEG-2 layer III', header: 'fff340c4', rate: 22050, channels: 1, samples: 576, size: 104 },
    { name: 'MPEG-1 layer II', header: 'fffde4c4', rate: 48000, channels: 1, samples: 1152, size: 1152 },
    // ISO/IEC 11172-3: layer I at 384 kbit/s and 48 kHz, stereo: 12 * 384000 / 48000 slots of 4 bytes.
    { name: 'MPEG-1 layer I', header: 'ffffc400', rate: 48000, channels: 2, samples: 384, size: 384 },
    {
      name: 'MPEG-2.5 layer III, padded',
      header: 'ffe38200',
      rate: 11025,
      channels: 2,
      samples: 576,
      size: 418,
    },
  ];
  for (const { name, header, rate, channels, samples, size } of frames) {
    it(`reads ${name}`, () => {
      const frame = parseMpegAudioFrame(fromHex(header))!;
      assert.deepEqual(
        [frame.sampleRate, frame.channels, frame.samples, frame.frameSize],
        [rate, channels, samples, size],
      );
    });
  }

  it('finds no frame where values are reserved', () => {
    for (const header of ['ffeb54c4', 'fff954c4', 'fffb5cc4', 'fffbf4c4', '00fb54c4', 'fffb']) {
      assert.equal(parseMpegAudioFrame(fromHex(header)), undefined, header);
    }
  });

  it('knows no size in the free format', () => {
    assert.equal(parseMpegAudioFrame(fromHex('fffb04c4'))!.frameSize, undefined);
  });
});

describe('mpegAudioSamples', () => {
  it('adds up the frames of one packet', () => {
    const packet = new Uint8Array(384);
    packet.set(fromHex('fffb54c4'), 0);
    packet.set(fromHex('fffb54c4'), 192);
    assert.equal(mpegAudioSamples(packet), 2304);
    assert.equal(mpegAudioSamples(packet.subarray(0, 192)), 1152);
    assert.equal(mpegAudioSamples(new Uint8Array(8)), undefined);
  });
});

describe('configureMp3', () => {
  it('uses the object types of MPEG-1 and MPEG-2 audio, as ffmpeg does', () => {
    const mpeg1 = configureMp3(audioTrack('mp3'), fromHex('fffb54c4'));
    assert.equal(mpeg1.codecString, 'mp4a.6B');
    assert.deepEqual(mpeg1.decoder, { kind: 'descriptor', objectType: 0x6b, specificInfo: undefined });
    assert.equal(configureMp3(audioTrack('mp3'), fromHex('fff340c4')).codecString, 'mp4a.69');
  });

  it('needs a frame', () => {
    assert.throws(() => configureMp3(audioTrack('mp3'), undefined), MalformedMediaError);
    assert.throws(() => configureMp3(audioTrack('mp3'), fromHex('00000000')), MalformedMediaError);
  });
});
