import { containerBox, type Box } from '../box.js';

/**
 * MediaBox.
 * @param elng - extended language, where the three letters in `mdhd` do not say all.
 * @see ISO/IEC 14496-12 - 8.4.1
 */
export function buildMdia(mdhd: Box, hdlr: Box, elng: Box | undefined, minf: Box): Box {
  return containerBox('mdia', [mdhd, hdlr, elng, minf]);
}
