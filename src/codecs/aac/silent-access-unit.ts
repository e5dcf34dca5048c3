import { BitWriter } from '../../bytes/bit-writer.js';
import type { AudioSpecificConfig } from './audio-specific-config.js';

/** id_syn_ele. ISO/IEC 14496-3, table 4.85. */
const elementIds = { single: 0, pair: 1, lfe: 3, end: 7 } as const;

type Element = 'single' | 'pair' | 'lfe';

/** The elements of an access unit for channelConfiguration, in their order. ISO/IEC 14496-3, table 1.19. */
const elementsOf: Readonly<Record<number, readonly Element[]>> = {
  1: ['single'],
  2: ['pair'],
  3: ['single', 'pair'],
  4: ['single', 'pair', 'single'],
  5: ['single', 'pair', 'pair'],
  6: ['single', 'pair', 'pair', 'lfe'],
  7: ['single', 'pair', 'pair', 'pair', 'lfe'],
  11: ['single', 'pair', 'pair', 'single', 'lfe'],
  12: ['single', 'pair', 'pair', 'pair', 'lfe'],
  14: ['single', 'pair', 'pair', 'lfe', 'pair'],
};

/** Object types whose access units are raw_data_blocks of this form: Main, LC, SSR, LTP. */
const objectTypes = new Set([1, 2, 3, 4]);

/** Bits of the elements, and of what ends the block. */
const elementBits = { single: 29, pair: 43, lfe: 29, end: 3 } as const;

/**
 * Builds an access unit in which no scale factor band of any channel is coded: silence.
 * @param config - the stream's configuration.
 * @returns undefined for configurations whose access units are of another form, or whose channels only a
 * program_config_element tells.
 * @see ISO/IEC 14496-3, section 4.4.2.1 (raw_data_block)
 */
export function buildSilentAccessUnit(config: AudioSpecificConfig): Uint8Array | undefined {
  const elements = elementsOf[config.channelConfiguration];
  if (elements === undefined || !objectTypes.has(config.objectType)) return undefined;
  const bitCount = elements.reduce<number>((sum, element) => sum + elementBits[element], elementBits.end);
  const writer = new BitWriter(Math.ceil(bitCount / 8));
  const tags = { single: 0, pair: 0, lfe: 0 };
  for (const element of elements) {
    writer.bits(elementIds[element], 3);
    writer.bits(tags[element]++, 4);
    if (element === 'pair') {
      writer.bits(1, 1); // common_window
      writeIcsInfo(writer);
      writer.bits(0, 2); // ms_mask_present
      writeEmptyStream(writer);
      writeEmptyStream(writer);
    } else {
      writer.bits(0, 8); // global_gain
      writeIcsInfo(writer);
      writer.bits(0, 3); // pulse_data_present, tns_data_present, gain_control_data_present
    }
  }
  writer.bits(elementIds.end, 3);
  return writer.finish();
}

/** A long window without bands. ISO/IEC 14496-3, table 4.6. */
function writeIcsInfo(writer: BitWriter): void {
  writer.bits(0, 1 + 2 + 1); // ics_reserved_bit, window_sequence, window_shape
  writer.bits(0, 6); // max_sfb
  writer.bits(0, 1); // predictor_data_present
}

/** The individual_channel_stream of a pair with a common window. ISO/IEC 14496-3, table 4.50. */
function writeEmptyStream(writer: BitWriter): void {
  writer.bits(0, 8); // global_gain
  writer.bits(0, 3); // pulse_data_present, tns_data_present, gain_control_data_present
}
