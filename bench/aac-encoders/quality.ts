import { SAMPLE_RATE, STROKE_SECONDS } from './signals.js';

/**
 * Objective measures of coded sound against its original. The noise-to-mask ratio follows the idea of ITU-R BS.1387
 * (PEAQ): per frame and critical band, how far the error lies above what the original masks. It is not PEAQ itself.
 */

/** Samples of one spectrum. */
const SIZE = 2048;

/** Bands, a quarter of a Bark each. */
const BANDS_PER_BARK = 4;

/** What was measured of one sound. Lower is better, but for `segmentalSnr`. */
export interface Quality {
  /** Mean noise-to-mask ratio in dB; below 0 the error is masked, on average. */
  readonly noiseToMask: number;
  /** The noise-to-mask ratio that the worst twentieth of all frames exceeds, in dB. */
  readonly worstNoiseToMask: number;
  /** Mean signal-to-noise ratio of frames that are not silent, in dB. */
  readonly segmentalSnr: number;
}

/**
 * Measures coded sound.
 * @param original - samples, one array a channel.
 * @param coded - the same stretch after coding and decoding.
 */
export function measureQuality(original: readonly Float32Array[], coded: readonly Float32Array[]): Quality {
  const ratios: number[] = [];
  const snrs: number[] = [];
  original.forEach((plane, channel) => {
    for (let start = 0; start + SIZE <= plane.length; start += SIZE / 2) {
      const frame = frameRatios(plane, coded[channel]!, start);
      if (frame === undefined) continue;
      ratios.push(frame.noiseToMask);
      snrs.push(Math.min(frame.snr, 60));
    }
  });
  ratios.sort((a, b) => a - b);
  return {
    noiseToMask: decibels(mean(ratios)),
    worstNoiseToMask: decibels(ratios[Math.floor(ratios.length * 0.95)] ?? 0),
    segmentalSnr: mean(snrs),
  };
}

/**
 * Compares the error at joins of segments with that elsewhere.
 * @param original - samples, one array a channel.
 * @param coded - the same stretch after coding in segments and decoding the joined stream.
 * @param joins - the samples where segments meet.
 * @returns the mean noise-to-mask ratio of the frames at joins over that of the others, in dB; 0 when joins are like any place.
 */
export function measureSeams(
  original: readonly Float32Array[],
  coded: readonly Float32Array[],
  joins: readonly number[],
): number {
  const atJoins: number[] = [];
  const elsewhere: number[] = [];
  original.forEach((plane, channel) => {
    for (let start = 0; start + SIZE <= plane.length; start += SIZE / 2) {
      const frame = frameRatios(plane, coded[channel]!, start);
      if (frame === undefined) continue;
      const isJoin = joins.some((join) => join > start - 1024 && join < start + SIZE + 1024);
      (isJoin ? atJoins : elsewhere).push(frame.noiseToMask);
    }
  });
  return decibels(mean(atJoins)) - decibels(mean(elsewhere));
}

/**
 * Measures what comes before the strokes of the castanets, where the original is all but silent.
 * @returns energy of the error in the 10 ms before strokes over the energy of the strokes' first 10 ms, in dB.
 */
export function measurePreEcho(original: readonly Float32Array[], coded: readonly Float32Array[]): number {
  const period = SAMPLE_RATE * STROKE_SECONDS;
  const span = SAMPLE_RATE / 100;
  let echo = 0;
  let stroke = 0;
  original.forEach((plane, channel) => {
    for (let at = period; at + span < plane.length; at += period) {
      for (let i = 1; i <= span; i++) echo += (coded[channel]![at - i]! - plane[at - i]!) ** 2;
      for (let i = 0; i < span; i++) stroke += plane[at + i]! ** 2;
    }
  });
  return decibels(echo / stroke);
}

/**
 * Measures up to which frequency white noise survives.
 * @returns the highest frequency, in Hz, at which a third of the energy is left.
 */
export function measureBandwidth(original: readonly Float32Array[], coded: readonly Float32Array[]): number {
  const before = new Float64Array(SIZE / 2);
  const after = new Float64Array(SIZE / 2);
  for (let start = SIZE; start + SIZE <= original[0]!.length; start += SIZE) {
    addTo(before, powerSpectrum(original[0]!, start));
    addTo(after, powerSpectrum(coded[0]!, start));
  }
  for (let bin = SIZE / 2 - 9; bin > 0; bin--) {
    let energyBefore = 0;
    let energyAfter = 0;
    for (let i = bin; i < bin + 8; i++) {
      energyBefore += before[i]!;
      energyAfter += after[i]!;
    }
    if (energyAfter * 3 > energyBefore) return ((bin + 4) * SAMPLE_RATE) / SIZE;
  }
  return 0;
}

function frameRatios(
  original: Float32Array,
  coded: Float32Array,
  start: number,
): { noiseToMask: number; snr: number } | undefined {
  const signal = powerSpectrum(original, start);
  const total = sum(signal);
  // Frames below -70 dBFS: nothing to be masked, and nothing to be heard.
  if (total < 1e-7) return undefined;
  const error = new Float32Array(SIZE);
  for (let i = 0; i < SIZE; i++) error[i] = coded[start + i]! - original[start + i]!;
  const noise = powerSpectrum(error, 0);
  const mask = maskOf(bandEnergies(signal));
  const noiseBands = bandEnergies(noise);
  let ratio = 0;
  for (let band = 0; band < mask.length; band++) ratio += noiseBands[band]! / mask[band]!;
  return { noiseToMask: ratio / mask.length, snr: decibels(total / (sum(noise) + 1e-12)) };
}

/** Spreads energies over the bands and lowers them by the masking offset of BS.1387. */
function maskOf(energies: Float64Array): Float64Array {
  const mask = new Float64Array(energies.length);
  for (let band = 0; band < energies.length; band++) {
    const bark = band / BANDS_PER_BARK;
    let spread = 0;
    for (let from = 0; from < energies.length; from++) {
      const distance = (band - from) / BANDS_PER_BARK;
      // 27 dB a Bark towards the low end; 24 dB towards the high end, less for loud sounds.
      const loss = distance < 0 ? -27 * distance : 20 * distance;
      if (loss < 90) spread += energies[from]! * 10 ** (-loss / 10);
    }
    const offset = bark <= 12 ? 3 : 0.25 * bark;
    mask[band] = (spread / BANDS_PER_BARK) * 10 ** (-offset / 10) + ABSOLUTE_THRESHOLD;
  }
  return mask;
}

/** Energy of a band at which sound begins to be heard, played so that full scale is 92 dB. */
const ABSOLUTE_THRESHOLD = 10 ** (-92 / 10) * 2;

function bandEnergies(spectrum: Float64Array): Float64Array {
  const energies = new Float64Array(BAND_COUNT);
  for (let bin = 1; bin < spectrum.length; bin++) energies[BAND_OF_BIN[bin]!]! += spectrum[bin]!;
  return energies;
}

const BAND_OF_BIN = Uint16Array.from({ length: SIZE / 2 }, (_, bin) => {
  const hertz = (bin * SAMPLE_RATE) / SIZE;
  // Schroeder's formula, as BS.1387 uses it.
  return Math.floor(7 * Math.asinh(hertz / 650) * BANDS_PER_BARK);
});
const BAND_COUNT = Math.floor(7 * Math.asinh(18_000 / 650) * BANDS_PER_BARK);

const WINDOW = Float64Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));

function powerSpectrum(samples: Float32Array, start: number): Float64Array {
  const real = new Float64Array(SIZE);
  const imaginary = new Float64Array(SIZE);
  for (let i = 0; i < SIZE; i++) real[i] = samples[start + i]! * WINDOW[i]!;
  transform(real, imaginary);
  const power = new Float64Array(SIZE / 2);
  // Scaled so that a full-scale sine has an energy of about 1/2, whatever the size.
  for (let i = 0; i < SIZE / 2; i++) power[i] = (real[i]! ** 2 + imaginary[i]! ** 2) / (SIZE * SIZE * 0.1875);
  return power;
}

/** Fourier transform in place, radix 2. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const angle = (-2 * Math.PI) / size;
    for (let k = 0; k < size / 2; k++) {
      const c = Math.cos(angle * k);
      const s = Math.sin(angle * k);
      for (let i = k; i < n; i += size) {
        const j = i + size / 2;
        const re = real[j]! * c - imaginary[j]! * s;
        const im = real[j]! * s + imaginary[j]! * c;
        real[j] = real[i]! - re;
        imaginary[j] = imaginary[i]! - im;
        real[i]! += re;
        imaginary[i]! += im;
      }
    }
  }
}

function addTo(target: Float64Array, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += source[i]!;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;
}

function decibels(ratio: number): number {
  return 10 * Math.log10(Math.max(ratio, 1e-12));
}
