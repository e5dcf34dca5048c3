import type { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';

/** Rates for usacSamplingFrequencyIndex 0 to 30; 0 is reserved. ISO/IEC 23003-3, table 67. */
const samplingFrequencies: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350, 0, 0, 57600, 51200,
  40000, 38400, 34150, 28800, 25600, 20000, 19200, 17075, 14400, 12800, 9600,
];

/** Output samples a frame for coreSbrFrameLengthIndex. ISO/IEC 23003-3, table 70. */
const frameLengths: readonly number[] = [768, 1024, 2048, 2048, 4096];

/** Channels for channelConfigurationIndex. ISO/IEC 23003-3, table 68. */
const channelCounts: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8, 2, 3, 4, 7, 8];

/**
 * Reads the beginning of a UsacConfig (xHE-AAC).
 * @throws {MalformedMediaError} for reserved values.
 * @see ISO/IEC 23003-3, section 5.2
 */
export function readUsacConfig(reader: BitReader): {
  readonly sampleRate: number;
  readonly frameSamples: number;
  readonly channels: number;
} {
  const index = reader.bits(5);
  const sampleRate = index === 0x1f ? reader.bits(24) : (samplingFrequencies[index] ?? 0);
  const frameSamples = frameLengths[reader.bits(3)] ?? 0;
  if (sampleRate === 0 || frameSamples === 0) {
    throw new MalformedMediaError('The xHE-AAC configuration has a reserved rate or frame length.', {
      context: { element: 'UsacConfig', spec: 'ISO/IEC 23003-3, section 6.1' },
    });
  }
  const configuration = reader.bits(5);
  const channels = configuration === 0 ? readCount(reader) : (channelCounts[configuration] ?? 0);
  return { sampleRate, frameSamples, channels };
}

/** numOutChannels, escapedValue(5, 8, 16). */
function readCount(reader: BitReader): number {
  const short = reader.bits(5);
  if (short < 31) return short;
  const middle = reader.bits(8);
  return 31 + middle + (middle === 255 ? reader.bits(16) : 0);
}
