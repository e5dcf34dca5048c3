import type { AudioConfiguration } from '../codecs/configuration.js';
import { box, type Box } from './box.js';
import { buildDecoderConfiguration } from './decoder-configuration.js';

/** Largest whole number of the 16.16 field samplerate. */
const MAX_RATE = 0xffff;

/**
 * AudioSampleEntry with its codec's record.
 * @see ISO/IEC 14496-12 - 12.2.3
 */
export function buildAudioSampleEntry(configuration: AudioConfiguration): Box {
  const { sampleEntry, channels, sampleSize, sampleRate, decoder } = configuration;
  return box(
    sampleEntry,
    28,
    (writer) => {
      writer.zeros(6);
      writer.u16(1); // data_reference_index
      writer.zeros(8);
      writer.u16(channels);
      writer.u16(sampleSize);
      writer.zeros(4);
      writer.u16(expressibleRate(sampleEntry, sampleRate));
      writer.u16(0); // fraction
    },
    [buildDecoderConfiguration(decoder)],
  );
}

/**
 * Finds what to write for a rate above 65535 Hz, which the field cannot hold; the codec's record then has the true one.
 * FLAC halves it until it fits (48000 for 96 and 192 kHz) and gives up at 65535; elsewhere 0 says "see the record".
 * @see Encapsulation of FLAC in ISO Base Media File Format, section 3.3.1
 */
function expressibleRate(sampleEntry: string, sampleRate: number): number {
  if (sampleRate <= MAX_RATE) return sampleRate;
  if (sampleEntry !== 'fLaC') return 0;
  let rate = sampleRate;
  while (rate > MAX_RATE) rate /= 2;
  return Number.isInteger(rate) ? rate : MAX_RATE;
}
