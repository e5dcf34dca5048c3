import { BitWriter } from '../../bytes/bit-writer.js';
import { samplingFrequencyIndexOf } from './sampling-frequency.js';

/** What a configuration is built from, where the container holds none. */
export interface AacFormat {
  /** Audio object type of the core, 1 to 30: 1 Main, 2 LC, 3 SSR, 4 LTP. */
  readonly objectType: number;
  /** Samples a second of the core. */
  readonly coreSampleRate: number;
  /** channelConfiguration, 1 to 7. */
  readonly channelConfiguration: number;
  /** Rate after SBR; undefined when SBR is not to be signalled. */
  readonly sbrSampleRate: number | undefined;
}

/**
 * Writes an AudioSpecificConfig; SBR is signalled in the explicit hierarchical form.
 * @returns the configuration, owned by the caller.
 * @see ISO/IEC 14496-3, section 1.6.2.1
 */
export function writeAudioSpecificConfig(format: AacFormat): Uint8Array {
  const { objectType, coreSampleRate, channelConfiguration, sbrSampleRate } = format;
  const bitCount =
    5 + rateBits(coreSampleRate) + 4 + (sbrSampleRate === undefined ? 0 : rateBits(sbrSampleRate) + 5) + 3;
  const writer = new BitWriter(Math.ceil(bitCount / 8));
  writer.bits(sbrSampleRate === undefined ? objectType : 5, 5);
  writeRate(writer, coreSampleRate);
  writer.bits(channelConfiguration, 4);
  if (sbrSampleRate !== undefined) {
    writeRate(writer, sbrSampleRate);
    writer.bits(objectType, 5);
  }
  writer.bits(0, 3); // frameLengthFlag, dependsOnCoreCoder, extensionFlag
  return writer.finish();
}

function rateBits(rate: number): number {
  return samplingFrequencyIndexOf(rate) === undefined ? 28 : 4;
}

function writeRate(writer: BitWriter, rate: number): void {
  const index = samplingFrequencyIndexOf(rate);
  writer.bits(index ?? 15, 4);
  if (index === undefined) writer.bits(rate, 24);
}
