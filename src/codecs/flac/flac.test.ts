import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { audioTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError } from '../../errors.js';
import { configureFlac } from './configure.js';
import { flacFrameSamples } from './frame-header.js';

// STREAMINFO of FFmpeg 5.1.9's encoder (5.1, 24 bits) and the dfLa that its muxer writes.
const body = '1200120000011b0005140bb80b7000003840ac6cb81e3336d327945e18447881da79';
const dfla = `0000000080000022${body}`;

describe('configureFlac', () => {
  const forms = {
    'the stream header': `664c614380000022${body}`,
    'several metadata blocks': `664c614300000022${body}84000004deadbeef`,
    'blocks without the marker': `80000022${body}`,
    'the bare body': body,
  };
  for (const [name, codecPrivate] of Object.entries(forms)) {
    it(`declares from ${name}`, () => {
      const configuration = configureFlac(audioTrack('flac', { codecPrivate: fromHex(codecPrivate) }));
      assert.ok(configuration.decoder.kind === 'box');
      assert.equal(toHex(configuration.decoder.payload), dfla);
      assert.deepEqual(
        [configuration.sampleRate, configuration.channels, configuration.sampleSize],
        [48000, 6, 24],
      );
      assert.deepEqual([configuration.sampleEntry, configuration.codecString], ['fLaC', 'flac']);
    });
  }

  it('says what is wrong', () => {
    const configure = (hex: string): void => {
      configureFlac(audioTrack('flac', { codecPrivate: fromHex(hex) }));
    };
    assert.throws(() => configure('664c61438400000412345678'), MalformedMediaError);
    assert.throws(() => configure('664c6143'), MalformedMediaError);
    assert.throws(() => configureFlac(audioTrack('flac')), MalformedMediaError);
  });
});

describe('flacFrameSamples', () => {
  // Frame headers of the same encoder; durations of ffprobe -show_packets.
  const frames: readonly (readonly [header: string, samples: number | undefined])[] = [
    ['fff85908003c4e000d00fa02', 4608],
    ['fff87908020fad3e4efb27fc', 4014],
    ['fff85a5c00d9000000000000', 4608],
    ['fff82a5c03b7000000000000', 576],
    ['fff8690800ff4e000d00fa02', 256],
    ['fff8790800', undefined],
    ['fff80908003c4e', undefined],
    ['000059080000', undefined],
  ];
  for (const [header, samples] of frames) {
    it(`reads ${header} as ${samples ?? 'unknown'}`, () => {
      assert.equal(flacFrameSamples(fromHex(header)), samples);
    });
  }

  it('finds the size behind a long frame number', () => {
    // 0xe1 begins a number of three bytes; code 7 gives 16 bits after it.
    assert.equal(flacFrameSamples(fromHex('fff87908e180800fad')), 4014);
  });
});
