import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { audioTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError } from '../../errors.js';
import { configureAudio } from '../audio.js';
import { parseAc3SyncFrame } from './sync-frame.js';

// First bytes of frames of FFmpeg 5.1.9's encoder, with the dac3 that its muxer writes and packet sizes of ffprobe.
const cases = [
  {
    name: '5.1 at 48 kHz, 448 kbit/s',
    frame: '0b77b50b1e40ebf8',
    dac3: '103de0',
    rate: 48000,
    channels: 6,
    size: 1792,
  },
  {
    name: 'stereo at 44.1 kHz, 192 kbit/s',
    frame: '0b77d80e544043e1',
    dac3: '501140',
    rate: 44100,
    channels: 2,
    size: 834,
  },
];

describe('AC-3', () => {
  for (const expected of cases) {
    it(`is declared: ${expected.name}`, () => {
      const configuration = configureAudio(audioTrack('ac3'), fromHex(expected.frame))!;
      assert.ok(configuration.decoder.kind === 'box');
      assert.equal(configuration.decoder.type, 'dac3');
      assert.equal(toHex(configuration.decoder.payload), expected.dac3);
      assert.deepEqual([configuration.sampleEntry, configuration.codecString], ['ac-3', 'ac-3']);
      assert.deepEqual(
        [configuration.sampleRate, configuration.channels],
        [expected.rate, expected.channels],
      );
      assert.equal(parseAc3SyncFrame(fromHex(expected.frame)).frameSize, expected.size);
    });
  }

  it('has twice as many bytes at 32 kHz, and a word more for odd codes at 44.1 kHz', () => {
    // ETSI TS 102 366, table 4.13: frmsizecod 0 is 64, 69 and 96 words, 1 is 64, 70 and 96.
    const size = (code: number): number =>
      parseAc3SyncFrame(Uint8Array.of(0x0b, 0x77, 0, 0, code, 0x40, 0x43)).frameSize;
    assert.deepEqual([0x00, 0x40, 0x80, 0x01, 0x41, 0x81].map(size), [128, 138, 192, 128, 140, 192]);
  });

  it('is refused without its syncword and with reserved values', () => {
    assert.throws(() => parseAc3SyncFrame(fromHex('0000b50b1e40ebf8')), MalformedMediaError);
    assert.throws(() => parseAc3SyncFrame(fromHex('0b77b50bde40ebf8')), MalformedMediaError);
    assert.throws(() => parseAc3SyncFrame(fromHex('0b77b50b3f40ebf8')), MalformedMediaError);
    assert.throws(() => configureAudio(audioTrack('ac3'), undefined), MalformedMediaError);
  });
});
