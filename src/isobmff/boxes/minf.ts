import { containerBox, type Box } from '../box.js';

/**
 * MediaInformationBox.
 * @param mediaHeader - `vmhd` or `smhd`.
 * @see ISO/IEC 14496-12 - 8.4.4
 */
export function buildMinf(mediaHeader: Box, dinf: Box, stbl: Box): Box {
  return containerBox('minf', [mediaHeader, dinf, stbl]);
}
