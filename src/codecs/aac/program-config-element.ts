import type { BitReader } from '../../bytes/bit-reader.js';

/**
 * Reads a program_config_element and counts its channels.
 * @param reader - bits that begin on a byte boundary of the structure that the comment field is aligned to.
 * @returns channels of the front, side, back and LFE elements.
 * @see ISO/IEC 14496-3, section 4.4.1.1
 */
export function readProgramConfigChannels(reader: BitReader): number {
  reader.skip(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
  const front = reader.bits(4);
  const side = reader.bits(4);
  const back = reader.bits(4);
  const lfe = reader.bits(2);
  const associated = reader.bits(3);
  const coupling = reader.bits(4);
  if (reader.flag()) reader.skip(4); // mono_mixdown_element_number
  if (reader.flag()) reader.skip(4); // stereo_mixdown_element_number
  if (reader.flag()) reader.skip(3); // matrix_mixdown_idx, pseudo_surround_enable
  let channels = lfe;
  for (let i = 0; i < front + side + back; i++) {
    channels += reader.flag() ? 2 : 1;
    reader.skip(4);
  }
  reader.skip(4 * lfe + 4 * associated + 5 * coupling);
  reader.alignToByte();
  reader.skip(8 * reader.bits(8)); // comment_field_data
  return channels;
}
