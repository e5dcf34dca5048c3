import { containerBox, type Box } from '../box.js';

/**
 * MovieBox: declares the tracks; in a fragmented file it holds no sample.
 * @see ISO/IEC 14496-12 - 8.2.1
 */
export function buildMoov(mvhd: Box, traks: readonly Box[], mvex: Box): Box {
  return containerBox('moov', [mvhd, ...traks, mvex]);
}
