import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITER_REACH_SAMPLES } from '../audio-job.js';
import { LIMITER_BLOCK_SAMPLES, limitPeaks } from './limiter.js';

const CEILING = 10 ** (-1 / 20);

function limited(samples: Float32Array, isMixed = true): Float32Array {
  const copy = samples.slice();
  limitPeaks([copy], new Uint8Array(copy.length / LIMITER_BLOCK_SAMPLES).fill(isMixed ? 1 : 0));
  return copy;
}

/** Bursts of a tone, up to the 7.7 dB over full scale that 5.1 can add up to. */
function bursts(seed: number, blocks: number): Float32Array {
  let state = seed + 1;
  let level = 0;
  return Float32Array.from({ length: blocks * LIMITER_BLOCK_SAMPLES }, (_, i) => {
    if (i % 700 === 0) {
      state = (state * 48_271) % 2_147_483_647;
      level = (state % 1000) / 1000 > 0.7 ? 2.414 : 0.3;
    }
    return level * Math.sin(i * 0.13);
  });
}

describe('the limiter', () => {
  it('never lets a sample above -1 dBFS', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        for (const sample of limited(bursts(seed, 200))) assert.ok(Math.abs(sample) <= CEILING * (1 + 1e-6));
      }),
      { numRuns: 30 },
    );
  });

  it('does not touch what is below, nor what was not mixed', () => {
    const quiet = bursts(1, 100).map((sample) => sample / 3);
    assert.deepEqual(limited(quiet), quiet);
    const loud = bursts(1, 100);
    assert.deepEqual(limited(loud, false), loud);
  });

  it('gives an instant the same gain whatever else the job holds, beyond its reach', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const whole = limited(bursts(seed, 300));
        const from = 100 * LIMITER_BLOCK_SAMPLES;
        const part = limited(bursts(seed, 300).slice(from));
        assert.deepEqual(part.slice(LIMITER_REACH_SAMPLES), whole.slice(from + LIMITER_REACH_SAMPLES));
        const head = limited(bursts(seed, 300).slice(0, 200 * LIMITER_BLOCK_SAMPLES));
        const end = 200 * LIMITER_BLOCK_SAMPLES - LIMITER_REACH_SAMPLES;
        assert.deepEqual(head.slice(0, end), whole.slice(0, end));
      }),
      { numRuns: 30 },
    );
  });

  it('moves its gain without steps', () => {
    const step = Float32Array.from({ length: 200 * LIMITER_BLOCK_SAMPLES }, (_, i) => (i < 6400 ? 0.5 : 2));
    const output = limited(step);
    let largest = 0;
    for (let i = 1; i < 6400; i++) largest = Math.max(largest, Math.abs(output[i]! - output[i - 1]!));
    // From 0.5 to half of that in some 40 ms: less than a thousandth a sample.
    assert.ok(largest < 0.001, String(largest));
  });
});
