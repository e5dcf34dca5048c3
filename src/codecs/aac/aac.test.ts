import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { audioTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import { isAdtsFrame, stripAdts } from './adts.js';
import { parseAudioSpecificConfig } from './audio-specific-config.js';
import { writeAudioSpecificConfig } from './audio-specific-config-writer.js';
import { configureAac } from './configure.js';
import { isLoasFrame, LatmReader } from './latm.js';

// Configurations of ffmpeg's and FDK's encoders and of files in the wild; values from ffprobe -show_streams.
const cases = [
  {
    name: 'LC mono, FFmpeg, with sync extension that says no SBR',
    config: '118856e500',
    string: 'mp4a.40.2',
    rate: 48000,
    channels: 1,
    frame: 1024,
  },
  { name: 'LC stereo 44.1 kHz', config: '1210', string: 'mp4a.40.2', rate: 44100, channels: 2, frame: 1024 },
  { name: 'LC 5.1', config: '11b056e500', string: 'mp4a.40.2', rate: 48000, channels: 6, frame: 1024 },
  { name: 'LC 7.1', config: '11b856e500', string: 'mp4a.40.2', rate: 48000, channels: 8, frame: 1024 },
  {
    name: 'LC 2.1 with a program config element',
    config: '118004c4010020000d4c61766335392e33372e31303056e500',
    string: 'mp4a.40.2',
    rate: 48000,
    channels: 3,
    frame: 1024,
  },
  {
    name: 'HE-AAC, backward compatible signalling',
    config: '131056e598',
    string: 'mp4a.40.5',
    rate: 48000,
    channels: 2,
    frame: 2048,
  },
  {
    name: 'HE-AAC, hierarchical signalling',
    config: '2b8a080f',
    string: 'mp4a.40.5',
    rate: 44100,
    channels: 1,
    frame: 2048,
  },
  {
    name: 'HE-AAC v2, hierarchical signalling',
    config: 'eb8a0800',
    string: 'mp4a.40.29',
    rate: 44100,
    channels: 2,
    frame: 2048,
  },
  {
    name: 'HE-AAC v2, backward compatible signalling',
    config: '138856e5a54880',
    string: 'mp4a.40.29',
    rate: 44100,
    channels: 2,
    frame: 2048,
  },
  {
    name: 'LC with frames of 960',
    config: '1194',
    string: 'mp4a.40.2',
    rate: 48000,
    channels: 2,
    frame: 960,
  },
];

describe('configureAac', () => {
  for (const expected of cases) {
    it(`reads ${expected.name}`, () => {
      const codecPrivate = fromHex(expected.config);
      const configuration = configureAac(audioTrack('aac', { codecPrivate }), undefined);
      assert.equal(configuration.codecString, expected.string);
      assert.equal(configuration.sampleRate, expected.rate);
      assert.equal(configuration.channels, expected.channels);
      assert.equal(parseAudioSpecificConfig(codecPrivate).frameSamples, expected.frame);
      assert.deepEqual(configuration.decoder, {
        kind: 'descriptor',
        objectType: 0x40,
        specificInfo: codecPrivate,
      });
    });
  }

  it('believes an output rate of twice the core rate where the configuration is silent', () => {
    const track = audioTrack('aac', { codecPrivate: fromHex('1310'), outputSampleRate: 48000 });
    const configuration = configureAac(track, undefined);
    assert.deepEqual([configuration.codecString, configuration.sampleRate], ['mp4a.40.5', 48000]);
    const denied = configureAac({ ...track, codecPrivate: fromHex('131056e500') }, undefined);
    assert.deepEqual([denied.codecString, denied.sampleRate], ['mp4a.40.2', 24000]);
  });

  it('makes a configuration from the CodecIDs of old files', () => {
    const config = (codecTag: string, sampleRate: number): string => {
      const { decoder } = configureAac(audioTrack('aac', { codecTag, sampleRate }), undefined);
      assert.ok(decoder.kind === 'descriptor');
      return toHex(decoder.specificInfo!);
    };
    assert.equal(config('A_AAC/MPEG4/LC', 48000), '1190');
    assert.equal(config('A_AAC/MPEG2/LC', 44100), '1210');
    assert.equal(config('A_AAC/MPEG4/MAIN', 48000), '0990');
    // What mkvmerge writes for HE-AAC at 24 to 48 kHz: object type 5, then 2.
    assert.equal(config('A_AAC/MPEG4/LC/SBR', 24000), '2b118800');
  });

  it('says when none can be made', () => {
    const track = audioTrack('aac', { codecTag: 'A_AAC/MPEG4/LC', channels: 24 });
    assert.throws(() => configureAac(track, undefined), UnsupportedMediaError);
  });

  it('refuses what is not AAC', () => {
    // Object type 36 is MPEG-4 ALS.
    const track = audioTrack('aac', { codecPrivate: fromHex('f8895000') });
    assert.throws(() => configureAac(track, undefined), UnsupportedMediaError);
    assert.throws(
      () => configureAac(audioTrack('aac', { codecPrivate: fromHex('17f0') }), undefined),
      MalformedMediaError,
    );
  });
});

describe('parseAudioSpecificConfig', () => {
  it('reads an escaped sampling frequency', () => {
    const config = writeAudioSpecificConfig({
      objectType: 2,
      coreSampleRate: 40000,
      channelConfiguration: 2,
      sbrSampleRate: undefined,
    });
    assert.equal(toHex(config), '1780 4e20 10'.replaceAll(' ', ''));
    assert.equal(parseAudioSpecificConfig(config).sampleRate, 40000);
  });

  it('reads the low delay and unified profiles', () => {
    // ER AAC LD 48 kHz stereo with frames of 480; xHE-AAC 48 kHz stereo with frames of 1024 (object type 42).
    assert.equal(parseAudioSpecificConfig(fromHex('b99400')).frameSamples, 480);
    const usac = parseAudioSpecificConfig(fromHex('f94643220000'));
    assert.deepEqual(
      [usac.objectType, usac.sampleRate, usac.channels, usac.frameSamples],
      [42, 48000, 2, 1024],
    );
  });
});

describe('ADTS', () => {
  // A frame of 15 bytes with the header that FFmpeg's muxer gives LC at 48 kHz in stereo, without and with a CRC.
  const frame = fromHex('fff14c8001fffc de02004c61766335');
  const withCrc = fromHex('fff04c80023ffc abcd de02004c61766335');

  it('is recognised by its syncword and its own length', () => {
    assert.equal(isAdtsFrame(frame), true);
    assert.equal(isAdtsFrame(frame.subarray(0, 14)), false);
    assert.equal(isAdtsFrame(fromHex('de02004c61766335')), false);
  });

  it('is taken apart', () => {
    for (const sample of [frame, withCrc]) {
      const { config, payload } = stripAdts(sample);
      assert.equal(toHex(config), '1190');
      assert.equal(toHex(payload), 'de02004c61766335');
      assert.equal(payload.buffer, sample.buffer);
    }
  });

  it('refuses several raw frames under one header', () => {
    assert.throws(() => stripAdts(fromHex('fff14c8001fffd de02004c61766335')), UnsupportedMediaError);
  });

  it('refuses a layout that only the frame tells', () => {
    assert.throws(() => stripAdts(fromHex('fff14c0001fffc de02004c61766335')), UnsupportedMediaError);
  });
});

describe('LatmReader', () => {
  const payload = 'de02004c61766335';

  it('finds the configuration and copies the payload, which begins at any bit', () => {
    const bits =
      '0' + // useSameStreamMux
      '0' +
      '1' +
      '000000' +
      '0000' +
      '000' + // audioMuxVersion, same framing, one frame, program and layer
      '0001000110010000' + // AudioSpecificConfig 1190
      '000' +
      '11111111' + // frameLengthType, latmBufferFullness
      '0' +
      '0' + // otherDataPresent, crcCheckPresent
      '00001000' + // payload of 8 bytes
      bitsOf(payload);
    // Up to the payload's length these are the bits of FFmpeg's LATM muxer for LC stereo at 48 kHz.
    assert.equal(toHex(loas(bits)).slice(6, 16), '200011901f');
    const frame = loas(bits);
    const reader = new LatmReader();
    const read = reader.read(frame);
    assert.equal(toHex(read.config), '1190');
    assert.equal(toHex(read.payload), payload);
    const next = reader.read(loas('1' + '00000100' + bitsOf('21004900')));
    assert.equal(toHex(next.payload), '21004900');
    assert.equal(toHex(next.config), '1190');
  });

  it('reads version 1, where the configuration has a length', () => {
    const bits =
      '0' +
      '1' +
      '0' +
      '00' +
      '11111111' + // audioMuxVersion 1, A 0, taraBufferFullness
      '1' +
      '000000' +
      '0000' +
      '000' +
      '00' +
      '00010000' +
      '0001001000010000' + // 16 bits: 1210
      '000' +
      '11111111' +
      '0' +
      '0' +
      '00000010' +
      bitsOf('2100');
    const read = new LatmReader().read(loas(bits));
    assert.equal(toHex(read.config), '1210');
    assert.equal(toHex(read.payload), '2100');
  });

  it('needs a configuration first', () => {
    assert.throws(() => new LatmReader().read(loas('1' + '00000001' + '00000000')), MalformedMediaError);
  });

  it('tells the configuration alone, the same object as long as the same one holds', () => {
    const mux = (config: string): string =>
      `001${'0'.repeat(13)}${bitsOf(config)}000${'1'.repeat(8)}0000000001${'0'.repeat(8)}`;
    const reader = new LatmReader();
    const first = reader.readConfig(loas(mux('1190')));
    assert.equal(toHex(first), '1190');
    assert.equal(reader.readConfig(loas(`100000001${'0'.repeat(8)}`)), first);
    assert.equal(reader.readConfig(loas(mux('1190'))), first);
    assert.equal(toHex(reader.readConfig(loas(mux('11b0')))), '11b0');
    assert.throws(() => new LatmReader().readConfig(loas(`1${'0'.repeat(16)}`)), MalformedMediaError);
  });

  it('refuses several programs', () => {
    assert.throws(
      () => new LatmReader().read(loas('0' + '0' + '1' + '000000' + '0001' + '000')),
      UnsupportedMediaError,
    );
  });

  it('recognises a LOAS frame by its syncword and its own length', () => {
    assert.equal(isLoasFrame(loas('1' + '00000001' + '00000000')), true);
    assert.equal(isLoasFrame(fromHex('56e0102000')), false);
  });
});

function bitsOf(hex: string): string {
  return Array.from(fromHex(hex), (byte) => byte.toString(2).padStart(8, '0')).join('');
}

function loas(bits: string): Uint8Array {
  const body = (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
  return Uint8Array.of(0x56, 0xe0 | (body.length >> 8), body.length & 0xff, ...body);
}
