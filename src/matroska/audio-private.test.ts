import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../test/support/hex.js';
import { audioExtradata, type AudioFacts } from './audio-private.js';

const FACTS: AudioFacts = {
  sampleRate: 44_100,
  outputSampleRate: 44_100,
  channels: 1,
  bitDepth: 16,
  durationNs: 300_000_000,
};

describe('audioExtradata', () => {
  it('puts the atom around an ALAC configuration, as libavformat does', () => {
    const config = fromHex('00001000 0010280a 0e01 00ff 00000000 000ac440 0000ac44');
    assert.equal(toHex(audioExtradata('A_ALAC', config, FACTS)!), `00000024616c616300000000${toHex(config)}`);
    assert.equal(audioExtradata('A_ALAC', undefined, FACTS), undefined);
  });

  it('makes the TTA header that libavformat makes', () => {
    assert.equal(
      toHex(audioExtradata('A_TTA1', undefined, FACTS)!),
      '5454413101000100100044ac0000ae33000000000000',
    );
    const unknown = audioExtradata('A_TTA1', undefined, { ...FACTS, durationNs: undefined });
    assert.equal(toHex(unknown!.subarray(14, 18)), 'ffffff7f');
  });

  // ISO/IEC 14496-3: object type (5 bits), rate index (4), channels (4), 3 bits of GASpecificConfig.
  const aac = [
    { id: 'A_AAC/MPEG4/LC', facts: { sampleRate: 48_000, channels: 2 }, hex: '1190' },
    { id: 'A_AAC/MPEG2/MAIN', facts: { sampleRate: 44_100, channels: 2 }, hex: '0a10' },
    { id: 'A_AAC/MPEG4/LTP', facts: { sampleRate: 44_100, channels: 6 }, hex: '2230' },
    {
      id: 'A_AAC/MPEG4/LC/SBR',
      facts: { sampleRate: 24_000, outputSampleRate: 48_000, channels: 2 },
      hex: '131056e598',
    },
  ];
  for (const { id, facts, hex } of aac) {
    it(`makes an AudioSpecificConfig for ${id}`, () => {
      assert.equal(toHex(audioExtradata(id, undefined, { ...FACTS, ...facts })!), hex);
    });
  }

  it('makes none for a rate that has no index, and leaves stored ones alone', () => {
    assert.equal(audioExtradata('A_AAC/MPEG4/LC', undefined, { ...FACTS, sampleRate: 12_345 }), undefined);
    const stored = fromHex('1210');
    assert.equal(audioExtradata('A_AAC/MPEG4/LC', stored, FACTS), stored);
    assert.equal(audioExtradata('A_OPUS', stored, FACTS), stored);
    assert.equal(audioExtradata('A_AC3', undefined, FACTS), undefined);
  });
});
