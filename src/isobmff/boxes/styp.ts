import type { Box } from '../box.js';
import { buildTypeBox, type FileType } from './ftyp.js';

/**
 * SegmentTypeBox: the first box of a media segment that travels as a resource of its own.
 * @see ISO/IEC 14496-12 - 8.16.2
 */
export function buildStyp(fileType: FileType): Box {
  return buildTypeBox('styp', fileType);
}
