import { fullBox, type Box } from '../box.js';

/**
 * ChunkOffsetBox, empty: the samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.7.5
 */
export function buildStco(): Box {
  return fullBox('stco', 0, 0, 4, (writer) => writer.zeros(4));
}
