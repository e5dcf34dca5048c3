import { fullBox, type Box } from '../box.js';

/**
 * SampleToChunkBox, empty: the samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.7.4
 */
export function buildStsc(): Box {
  return fullBox('stsc', 0, 0, 4, (writer) => writer.zeros(4));
}
