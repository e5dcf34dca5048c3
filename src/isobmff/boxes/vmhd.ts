import { fullBox, type Box } from '../box.js';

/**
 * VideoMediaHeaderBox: graphics mode "copy". The flag 1 is what the specification demands.
 * @see ISO/IEC 14496-12 - 12.1.2
 */
export function buildVmhd(): Box {
  return fullBox('vmhd', 0, 1, 8, (writer) => writer.zeros(8));
}
