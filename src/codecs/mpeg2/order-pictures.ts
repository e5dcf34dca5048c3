import type { OrderPicture, PictureOrder } from '../picture-order.js';
import { findStartCode } from '../start-code.js';

/** picture_start_code. */
const pictureStartCode = 0x00;

/** picture_coding_type of pictures that no other refers to: ISO/IEC 13818-2, table 6-12. */
const bPicture = 3;

/** More pictures than ever stand between two that others refer to. */
const stride = 2 ** 16;

/**
 * Tells the order of an MPEG-1 or MPEG-2 video track's pictures: what no picture refers to is shown before the picture that
 * was decoded last of those that others refer to. Of a sample that holds two fields the first tells.
 * @see ISO/IEC 13818-2, sections 6.1.1.11 (frame reordering) and 6.2.3 (picture header)
 */
export function createMpeg2PictureOrder(): OrderPicture {
  let anchor = 0;
  let behindAnchor = 0;
  return (data): PictureOrder | undefined => {
    const at = findStartCode(data, pictureStartCode, 0);
    // Ten bits of temporal_reference stand before the type.
    const type = at < 0 ? undefined : data[at + 5];
    if (type === undefined) return undefined;
    if (((type >> 3) & 7) === bPicture) behindAnchor += 1;
    else {
      anchor += stride;
      behindAnchor = 0;
    }
    const count = behindAnchor === 0 ? anchor : anchor - stride + behindAnchor;
    return { count, beginsSequence: false, reorderDepth: 1 };
  };
}
