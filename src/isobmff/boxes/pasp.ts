import { checkLimit } from '../../bytes/limits.js';
import { box, type Box } from '../box.js';
import { boxCursor, type BoxView } from '../box-view.js';

/**
 * PixelAspectRatioBox.
 * @param ratio - shape of one pixel, horizontal over vertical; positive whole numbers.
 * @throws {LimitExceededError} when a number needs more than 32 bits.
 * @see ISO/IEC 14496-12 - 12.1.4
 */
export function buildPasp([horizontal, vertical]: readonly [number, number]): Box {
  checkLimit('horizontal pixel spacing', horizontal, 0xffffffff);
  checkLimit('vertical pixel spacing', vertical, 0xffffffff);
  return box('pasp', 8, (writer) => {
    writer.u32(horizontal);
    writer.u32(vertical);
  });
}

/**
 * Parses a PixelAspectRatioBox.
 * @returns shape of one pixel, horizontal over vertical; undefined when it has no meaning.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 12.1.4
 */
export function parsePasp(box: BoxView): readonly [number, number] | undefined {
  const cursor = boxCursor(box);
  const horizontal = cursor.u32();
  const vertical = cursor.u32();
  return horizontal === 0 || vertical === 0 ? undefined : [horizontal, vertical];
}
