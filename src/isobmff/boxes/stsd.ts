import { fullBox, type Box } from '../box.js';

/**
 * SampleDescriptionBox.
 * @see ISO/IEC 14496-12 - 8.5.2
 */
export function buildStsd(sampleEntry: Box): Box {
  return fullBox('stsd', 0, 0, 4, (writer) => writer.u32(1), [sampleEntry]);
}
