import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineError } from '../errors.js';
import { DEFAULT_AUDIO_OUTPUT, SURROUND_AUDIO_OUTPUT } from './audio-job.js';
import { audioSpecificConfigOf } from './audio-specific-config.js';
import { createEnginePool } from './pool.js';

describe('audioSpecificConfigOf', () => {
  it('tells AAC-LC at 48 kHz with the right channels, and asks an engine once for each output', async () => {
    await using pool = createEnginePool({ size: 1 });
    const asked = [
      DEFAULT_AUDIO_OUTPUT,
      DEFAULT_AUDIO_OUTPUT,
      SURROUND_AUDIO_OUTPUT,
      { ...DEFAULT_AUDIO_OUTPUT },
    ];
    const configs = await Promise.all(asked.map((output) => audioSpecificConfigOf(pool, output)));
    // ISO/IEC 14496-3, 1.6.2.1: object type 2 in 5 bits, frequency index 3 in 4, channel configuration in 4.
    assert.deepEqual(
      configs.map((config) => [config[0], config[1]! & 0xf8]),
      [2, 2, 6, 2].map((channels) => [0x11, 0x80 | (channels << 3)]),
    );
    assert.equal(pool.stats.jobsDone, 2);
  });

  it('asks again when an engine failed', async () => {
    const pool = createEnginePool({ size: 1 });
    await pool[Symbol.asyncDispose]();
    const first = audioSpecificConfigOf(pool, DEFAULT_AUDIO_OUTPUT);
    await assert.rejects(first, EngineError);
    const second = audioSpecificConfigOf(pool, DEFAULT_AUDIO_OUTPUT);
    assert.notEqual(second, first);
    await assert.rejects(second, EngineError);
  });
});
