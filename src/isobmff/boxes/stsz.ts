import { fullBox, type Box } from '../box.js';

/**
 * SampleSizeBox, empty: the samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.7.3.2
 */
export function buildStsz(): Box {
  return fullBox('stsz', 0, 0, 8, (writer) => writer.zeros(8));
}
