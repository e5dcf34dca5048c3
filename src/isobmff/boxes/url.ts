import { fullBox, writeNothing, type Box } from '../box.js';

const SELF_CONTAINED = 0x1;

/**
 * DataEntryUrlBox `url `: the samples are in the same file, so there is no URL.
 * @see ISO/IEC 14496-12 - 8.7.2
 */
export function buildUrl(): Box {
  return fullBox('url ', 0, SELF_CONTAINED, 0, writeNothing);
}
