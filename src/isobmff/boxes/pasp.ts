import { checkLimit } from '../../bytes/limits.js';
import { box, type Box } from '../box.js';

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
