import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../test/support/hex.js';
import type { AudioConfiguration } from '../codecs/configuration.js';
import { buildAudioSampleEntry } from './audio-sample-entry.js';
import { writeBoxes } from './box.js';

const opus: AudioConfiguration = {
  sampleEntry: 'Opus',
  codecString: 'opus',
  decoder: { kind: 'box', type: 'dOps', payload: fromHex('000201380000bb80000000') },
  sampleRate: 48_000,
  channels: 2,
  sampleSize: 16,
  preRoll: 3840,
};

const entryOf = (configuration: AudioConfiguration) =>
  toHex(writeBoxes([buildAudioSampleEntry(configuration)]));

describe('buildAudioSampleEntry', () => {
  it('writes what FFmpeg 5.1 writes for Opus', () => {
    // FFmpeg's btrt, 20 bytes, taken off the end.
    assert.equal(
      entryOf(opus),
      '000000374f707573000000000000000100000000000000000002001000000000bb800000' +
        '00000013644f7073000201380000bb80000000',
    );
  });

  it('states MPEG-4 audio by a descriptor', () => {
    const entry = entryOf({
      ...opus,
      sampleEntry: 'mp4a',
      decoder: { kind: 'descriptor', objectType: 0x40, specificInfo: fromHex('1190') },
    });
    assert.ok(
      entry.startsWith(
        '0000004b6d703461000000000000000100000000000000000002001000000000bb800000' + '0000002765736473',
      ),
    );
  });

  // Encapsulation of FLAC in ISO BMFF, 3.3.1: 48000 for 96 and 192 kHz, 65535 where nothing fits.
  // FFmpeg 5.1 writes 0 for mp4a at 96 kHz.
  const rates: readonly (readonly [entry: string, rate: number, field: string])[] = [
    ['fLaC', 44_100, 'ac440000'],
    ['fLaC', 96_000, 'bb800000'],
    ['fLaC', 192_000, 'bb800000'],
    ['fLaC', 88_200, 'ac440000'],
    ['fLaC', 65_537, 'ffff0000'],
    ['fLaC', 655_350, 'ffff0000'],
    ['mp4a', 96_000, '00000000'],
    ['mp4a', 8_000, '1f400000'],
  ];
  for (const [sampleEntry, sampleRate, field] of rates) {
    it(`writes the rate ${sampleRate} of ${sampleEntry} as ${field}`, () => {
      assert.equal(entryOf({ ...opus, sampleEntry, sampleRate }).slice(64, 72), field);
    });
  }
});
