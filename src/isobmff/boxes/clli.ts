import type { ContentLight } from '../../media/track.js';
import { box, type Box } from '../box.js';
import { boxCursor, type BoxView } from '../box-view.js';

/**
 * ContentLightLevelBox, in whole cd/m2; above what 16 bits hold, the highest is stated.
 * @see ISO/IEC 14496-12 - 12.1.6
 */
export function buildClli({ maxCll, maxFall }: ContentLight): Box {
  return box('clli', 4, (writer) => {
    writer.u16(wholeNits(maxCll));
    writer.u16(wholeNits(maxFall));
  });
}

function wholeNits(level: number): number {
  return Math.min(Math.max(Math.round(level), 0), 0xffff);
}

/**
 * Parses a ContentLightLevelBox.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 12.1.6
 */
export function parseClli(box: BoxView): ContentLight {
  const cursor = boxCursor(box);
  return { maxCll: cursor.u16(), maxFall: cursor.u16() };
}
