import { fullBox, type Box } from '../box.js';

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
