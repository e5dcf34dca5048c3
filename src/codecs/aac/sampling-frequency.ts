import type { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';

/** Rates for samplingFrequencyIndex 0 to 12. ISO/IEC 14496-3, table 1.18. */
const samplingFrequencies: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];

/** Index that says that the rate follows in 24 bits. */
const escapeIndex = 15;

/** The rate for a samplingFrequencyIndex; undefined for the reserved ones, and for the escape. */
export function statedFrequencyOf(index: number): number | undefined {
  return samplingFrequencies[index];
}

/**
 * The rate for a samplingFrequencyIndex.
 * @throws {MalformedMediaError} for the reserved ones, and for the escape.
 */
export function samplingFrequencyOf(index: number): number {
  const rate = statedFrequencyOf(index);
  if (rate === undefined) {
    throw new MalformedMediaError(
      `The AAC configuration has the reserved sampling frequency index ${index}.`,
      {
        context: { spec: 'ISO/IEC 14496-3, table 1.18' },
      },
    );
  }
  return rate;
}

/** The samplingFrequencyIndex of a rate; undefined when the rate must be written out. */
export function samplingFrequencyIndexOf(rate: number): number | undefined {
  const index = samplingFrequencies.indexOf(rate);
  return index < 0 ? undefined : index;
}

/**
 * Reads samplingFrequencyIndex, and the rate itself where it is escaped.
 * @throws {MalformedMediaError} for a reserved index or a rate of zero.
 */
export function readSamplingFrequency(reader: BitReader): number {
  const index = reader.bits(4);
  if (index !== escapeIndex) return samplingFrequencyOf(index);
  const rate = reader.bits(24);
  if (rate === 0) throw new MalformedMediaError('The AAC configuration has a sampling frequency of 0.');
  return rate;
}
