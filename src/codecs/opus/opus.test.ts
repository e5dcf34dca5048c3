import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { audioTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import { configureOpus } from './configure.js';
import { opusPacketSamples } from './toc.js';

const magic = toHex(new TextEncoder().encode('OpusHead'));

// OpusHead of libopus through ffmpeg 5.1.9, with the dOps that its muxer writes.
const cases = [
  { name: 'stereo', head: `${magic}0102380180bb0000000000`, dops: '000201380000bb80000000', channels: 2 },
  {
    name: '5.1, mapping family 1',
    head: `${magic}0106380180bb00000000010402000401020305`,
    dops: '000601380000bb800000010402000401020305',
    channels: 6,
  },
];

describe('configureOpus', () => {
  for (const expected of cases) {
    it(`declares ${expected.name}`, () => {
      const configuration = configureOpus(audioTrack('opus', { codecPrivate: fromHex(expected.head) }));
      assert.ok(configuration.decoder.kind === 'box');
      assert.equal(toHex(configuration.decoder.payload), expected.dops);
      assert.deepEqual([configuration.sampleEntry, configuration.codecString], ['Opus', 'opus']);
      assert.deepEqual([configuration.sampleRate, configuration.channels], [48000, expected.channels]);
    });
  }

  it('keeps a negative gain and mapping family 255', () => {
    const head = fromHex(`${magic}01030000401f000000ffff0300000102`);
    const configuration = configureOpus(audioTrack('opus', { codecPrivate: head }));
    assert.ok(configuration.decoder.kind === 'box');
    assert.equal(toHex(configuration.decoder.payload), '0003000000001f40ff00ff0300000102');
  });

  it('says what is wrong', () => {
    const configure = (hex: string): void => {
      configureOpus(audioTrack('opus', { codecPrivate: fromHex(hex) }));
    };
    assert.throws(() => configure('00'), MalformedMediaError);
    assert.throws(() => configure(`${magic}1102380180bb0000000000`), UnsupportedMediaError);
    assert.throws(() => configure(`${magic}0106380180bb00000000010402`), MalformedMediaError);
    assert.throws(() => configureOpus(audioTrack('opus')), MalformedMediaError);
  });
});

describe('opusPacketSamples', () => {
  // RFC 6716, table 2 and section 3.2.
  const cases48k: readonly (readonly [packet: string, samples: number | undefined])[] = [
    ['fcb4065a', 960], // libopus, CELT fullband 20 ms, code 0
    ['00', 480],
    ['18', 2880],
    ['60', 480],
    ['68', 960],
    ['80', 120],
    ['e1', 240],
    ['1a', 5760],
    ['0303', 1440],
    ['830c', 1440],
    ['1b03', undefined], // three frames of 60 ms
    ['fb00', undefined],
    ['fb', undefined],
    ['', undefined],
  ];
  for (const [packet, samples] of cases48k) {
    it(`reads ${packet || 'nothing'} as ${samples ?? 'unknown'}`, () => {
      assert.equal(opusPacketSamples(fromHex(packet)), samples);
    });
  }
});
