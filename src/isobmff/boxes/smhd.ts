import { fullBox, type Box } from '../box.js';

/**
 * SoundMediaHeaderBox: balance in the centre.
 * @see ISO/IEC 14496-12 - 12.2.2
 */
export function buildSmhd(): Box {
  return fullBox('smhd', 0, 0, 4, (writer) => writer.zeros(4));
}
