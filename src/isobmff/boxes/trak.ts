import { containerBox, type Box } from '../box.js';

/**
 * TrackBox. No edit list: what a track starts with is what is shown first, so that zero is zero.
 * @see ISO/IEC 14496-12 - 8.3.1
 */
export function buildTrak(tkhd: Box, mdia: Box): Box {
  return containerBox('trak', [tkhd, mdia]);
}
