import { containerBox, type Box } from '../box.js';

/**
 * DataInformationBox.
 * @see ISO/IEC 14496-12 - 8.7.1
 */
export function buildDinf(dref: Box): Box {
  return containerBox('dinf', [dref]);
}
