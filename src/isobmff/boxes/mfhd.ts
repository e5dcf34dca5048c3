import { fullBox, type Box } from '../box.js';

/**
 * MovieFragmentHeaderBox.
 * @param sequenceNumber - 32 bits; grows from fragment to fragment.
 * @see ISO/IEC 14496-12 - 8.8.5
 */
export function buildMfhd(sequenceNumber: number): Box {
  return fullBox('mfhd', 0, 0, 4, (writer) => writer.u32(sequenceNumber));
}
