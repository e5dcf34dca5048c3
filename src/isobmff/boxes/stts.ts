import { fullBox, type Box } from '../box.js';

/**
 * TimeToSampleBox, empty: the samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.6.1.2
 */
export function buildStts(): Box {
  return fullBox('stts', 0, 0, 4, (writer) => writer.zeros(4));
}
