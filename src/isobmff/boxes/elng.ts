import { fullBox, type Box } from '../box.js';
import { openFullBox, readText, type BoxView } from '../box-view.js';

/**
 * ExtendedLanguageBox.
 * @param tag - BCP-47 tag, ASCII.
 * @see ISO/IEC 14496-12 - 8.4.6
 */
export function buildElng(tag: string): Box {
  return fullBox('elng', 0, 0, tag.length + 1, (writer) => {
    writer.ascii(tag);
    writer.u8(0);
  });
}

/**
 * Parses an ExtendedLanguageBox.
 * @returns a BCP-47 tag, or what the file has in its place.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 8.4.6
 */
export function parseElng(box: BoxView): string {
  return readText(openFullBox(box).cursor);
}
