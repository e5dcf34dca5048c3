import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wmaFrameSamples, type WmaCodec } from './frame-samples.js';

// By libavcodec's rule for frame_len_bits, as its decoders of these streams give frames.
const cases: [codec: WmaCodec, sampleRate: number, lengthFlags: number | undefined, expected: number][] = [
  ['wmav1', 16_000, undefined, 512],
  ['wmav1', 32_000, undefined, 1024],
  ['wmav2', 32_000, undefined, 2048],
  ['wmav2', 22_050, undefined, 1024],
  ['wmav2', 44_100, undefined, 2048],
  ['wmav2', 96_000, undefined, 2048],
  ['wmapro', 44_100, 0, 2048],
  ['wmapro', 48_000, 2, 4096],
  ['wmapro', 48_000, 4, 1024],
  ['wmalossless', 96_000, 6, 1024],
];

describe('wmaFrameSamples', () => {
  for (const [codec, sampleRate, lengthFlags, expected] of cases) {
    it(`is ${expected} for ${codec} at ${sampleRate} Hz with flags ${lengthFlags ?? 'unknown'}`, () => {
      const codecPrivate = new Uint8Array(18);
      codecPrivate[14] = lengthFlags ?? 0;
      const given = lengthFlags === undefined ? undefined : codecPrivate;
      assert.equal(wmaFrameSamples(codec, sampleRate, given), expected);
    });
  }
});
