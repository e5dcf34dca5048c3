import { box, type Box } from '../box.js';
import type { VideoColor } from '../../media/track.js';
import { boxCursor, fourccAt, type BoxView } from '../box-view.js';

/**
 * ColourInformationBox of type `nclx`. A range that is not said is limited, as in every video codec.
 * @see ISO/IEC 14496-12 - 12.1.5
 */
export function buildColr(color: VideoColor): Box {
  return box('colr', 11, (writer) => {
    writer.ascii('nclx');
    writer.u16(color.primaries);
    writer.u16(color.transfer);
    writer.u16(color.matrix);
    writer.u8(color.fullRange === true ? 0x80 : 0);
  });
}

/**
 * Parses a ColourInformationBox, of ISO's type `nclx` or QuickTime's `nclc`, which does not tell the range.
 * @returns undefined for an ICC profile.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 12.1.5; QuickTime File Format, "Color parameter atoms"
 */
export function parseColr(box: BoxView): VideoColor | undefined {
  const cursor = boxCursor(box);
  const type = fourccAt(cursor.view(4), 0);
  if (type !== 'nclx' && type !== 'nclc') return undefined;
  const primaries = cursor.u16();
  const transfer = cursor.u16();
  const matrix = cursor.u16();
  const hasRange = type === 'nclx' && cursor.remaining > 0;
  return { primaries, transfer, matrix, fullRange: hasRange ? (cursor.u8() & 0x80) !== 0 : undefined };
}
