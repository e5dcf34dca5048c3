import { containerBox, type Box } from '../box.js';

/**
 * MovieFragmentBox.
 * @see ISO/IEC 14496-12 - 8.8.4
 */
export function buildMoof(mfhd: Box, trafs: readonly Box[]): Box {
  return containerBox('moof', [mfhd, ...trafs]);
}
