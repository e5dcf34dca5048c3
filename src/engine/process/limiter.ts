/**
 * A peak limiter without memory of its own: the gain at an instant depends only on the samples within
 * {@link LIMITER_REACH_SAMPLES} of it, so two jobs that both hear an instant give it the same gain. It looks ahead as far
 * as it looks back: the gain is down before a peak comes and moves over some 40 ms, which is slow enough not to distort.
 */

/** -1 dBFS: the AAC encoder's error may lift a peak by some tenths of a decibel, and must not lift it above full scale. */
const CEILING = 10 ** (-1 / 20);

/** Samples that share one peak value. The gain is a straight line between the borders of blocks. */
export const LIMITER_BLOCK_SAMPLES = 64;

/** Blocks to each side over which gains are smoothed. */
const SMOOTHING_BLOCKS = 15;

/** Weights of a raised cosine over the smoothing blocks; their sum is 1. */
const WEIGHTS = raisedCosine(SMOOTHING_BLOCKS);

/**
 * Limits the peaks of channels together, in place, where the samples come from a mix that can overload. What was never
 * mixed is left as it is: it cannot be louder than its source.
 * @param planes - one array a channel, each a whole number of blocks, beginning at a multiple of a block's samples.
 * @param mixedBlocks - for each block, whether it is such a mix.
 */
export function limitPeaks(planes: readonly Float32Array[], mixedBlocks: Uint8Array): void {
  const wanted = wantedGains(planes, mixedBlocks);
  if (wanted === undefined) return;
  const lowest = slidingMinimum(wanted, SMOOTHING_BLOCKS + 1);
  const gains = smooth(lowest);
  for (const plane of planes) applyGains(plane, gains);
}

/** The gain that each block needs by itself; undefined when none needs any. */
function wantedGains(planes: readonly Float32Array[], mixedBlocks: Uint8Array): Float64Array | undefined {
  const gains = new Float64Array(mixedBlocks.length).fill(1);
  let isNeeded = false;
  for (let block = 0; block < gains.length; block++) {
    if (mixedBlocks[block] === 0) continue;
    const start = block * LIMITER_BLOCK_SAMPLES;
    let peak = 0;
    for (const plane of planes) peak = Math.max(peak, peakOf(plane, start));
    if (peak <= CEILING) continue;
    gains[block] = CEILING / peak;
    isNeeded = true;
  }
  return isNeeded ? gains : undefined;
}

function peakOf(plane: Float32Array, start: number): number {
  let peak = 0;
  for (let i = start; i < start + LIMITER_BLOCK_SAMPLES; i++) {
    const sample = plane[i]!;
    const magnitude = sample < 0 ? -sample : sample;
    if (magnitude > peak) peak = magnitude;
  }
  return peak;
}

/**
 * The lowest gain near each border between blocks: over `reach` blocks before it and as many after it. A border's
 * straight lines reach one block to each side, hence one more than the smoothing needs.
 */
function slidingMinimum(gains: Float64Array, reach: number): Float64Array {
  const borders = new Float64Array(gains.length + 1).fill(1);
  for (let block = 0; block < gains.length; block++) {
    const gain = gains[block]!;
    if (gain === 1) continue;
    const last = Math.min(borders.length - 1, block + reach);
    for (let border = Math.max(0, block + 1 - reach); border <= last; border++) {
      if (gain < borders[border]!) borders[border] = gain;
    }
  }
  return borders;
}

function smooth(borders: Float64Array): Float64Array {
  const last = borders.length - 1;
  const smoothed = new Float64Array(borders.length);
  for (let border = 0; border <= last; border++) {
    let reduction = 0;
    for (let i = -SMOOTHING_BLOCKS; i <= SMOOTHING_BLOCKS; i++) {
      const near = Math.min(Math.max(border + i, 0), last);
      reduction += WEIGHTS[i + SMOOTHING_BLOCKS]! * (1 - borders[near]!);
    }
    smoothed[border] = 1 - reduction;
  }
  return smoothed;
}

function applyGains(plane: Float32Array, gains: Float64Array): void {
  for (let block = 0; block + 1 < gains.length; block++) {
    const from = gains[block]!;
    const to = gains[block + 1]!;
    if (from === 1 && to === 1) continue;
    const start = block * LIMITER_BLOCK_SAMPLES;
    const step = (to - from) / LIMITER_BLOCK_SAMPLES;
    for (let i = 0; i < LIMITER_BLOCK_SAMPLES; i++) plane[start + i]! *= from + step * i;
  }
}

function raisedCosine(reach: number): Float64Array {
  const weights = new Float64Array(2 * reach + 1);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = 1 + Math.cos((Math.PI * (i - reach)) / (reach + 1));
    sum += weights[i]!;
  }
  return weights.map((weight) => weight / sum);
}
