import { BitReader } from '../../bytes/bit-reader.js';
import type { DtsCoreFrame } from './core-frame.js';

/** Clocks for nuRefClockCode. ETSI TS 102 114, table 7-3. */
const referenceClocks: readonly (number | undefined)[] = [32000, 44100, 48000, undefined];

const headerBytes = 12;

/**
 * Parses the header of a DTS-HD extension substream that stands without a core, as in DTS Express.
 * @param frame - bytes that begin with the substream.
 * @returns duration on its reference clock; undefined when there is none, or the header does not say.
 * @see ETSI TS 102 114, section 7.4.1
 */
export function parseDtsExtensionSubstream(frame: Uint8Array): DtsCoreFrame | undefined {
  if (frame.length < headerBytes) return undefined;
  const reader = new BitReader(frame, 'DTS extension substream');
  if (reader.bits(32) !== 0x64582025) return undefined;
  reader.skip(8 + 2); // UserDefinedBits, nExtSSIndex
  const isLong = reader.flag();
  reader.skip(isLong ? 12 + 20 : 8 + 16); // header size, substream size
  if (!reader.flag()) return undefined; // bStaticFieldsPresent
  const sampleRate = referenceClocks[reader.bits(2)];
  const samples = 512 * (reader.bits(3) + 1);
  return sampleRate === undefined ? undefined : { sampleRate, samples };
}
