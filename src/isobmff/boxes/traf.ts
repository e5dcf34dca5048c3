import { containerBox, type Box } from '../box.js';

/**
 * TrackFragmentBox.
 * @see ISO/IEC 14496-12 - 8.8.6
 */
export function buildTraf(tfhd: Box, tfdt: Box, trun: Box): Box {
  return containerBox('traf', [tfhd, tfdt, trun]);
}
