import type { OrderPicture, PictureOrder } from '../picture-order.js';
import { findStartCode } from '../start-code.js';

/** The last byte of the start codes that matter here: ISO/IEC 14496-2, table 6-3. */
const startCode = {
  /** user_data_start_code: what the encoder says of itself follows. */
  userData: 0xb2,
  /** vop_start_code: a picture follows. */
  vop: 0xb6,
} as const;

/** vop_coding_type of pictures that are shown before one that was decoded earlier: ISO/IEC 14496-2, table 6-20. */
const B_VOP = 2;

/** A VOP of no more bytes says that nothing was coded: a time, and no macroblock. */
const MOST_EMPTY_BYTES = 19;

/** More pictures than ever stand between two that others refer to. */
const STRIDE = 2 ** 16;

/** How DivX and Xvid sign streams of which a chunk may hold two pictures: `DivX503b1393p`. */
const PACKED_SIGNATURE = /^DivX\d+(?:b|Build)\d+p/;
const SIGNATURE_BYTES = 32;

/**
 * Makes what tells the order of an MPEG-4 Visual track's pictures: what no picture refers to is shown before the picture
 * that was decoded last of those that others refer to.
 *
 * In a "packed bitstream" such a pair stands in one chunk, and an empty picture in the next: decoders show the second of
 * the pair when the empty one comes, so that this one has the place of it.
 * @param codecPrivate - the track's headers; those in samples count too.
 * @see ISO/IEC 14496-2, section 6.3.5 (vop_coding_type) and 7.6.9 (the order of B-VOPs)
 */
export function createMpeg4PictureOrder(codecPrivate: Uint8Array | undefined): OrderPicture {
  let isPacked = codecPrivate !== undefined && isSignedAsPacked(codecPrivate);
  let anchor = 0;
  let behindAnchor = 0;
  return (data): PictureOrder | undefined => {
    const at = findStartCode(data, startCode.vop, 0);
    const type = (data[at + 4] ?? 0) >> 6;
    if (at < 0) return undefined;
    isPacked ||= isSignedAsPacked(data.subarray(0, at)) || holdsSecondPicture(data, at + 4);
    // Xvid gives it the type of the one before, so that it may well call itself an I-VOP.
    const isEmpty = isPacked && data.length - at <= MOST_EMPTY_BYTES;
    if (type === B_VOP || isEmpty) behindAnchor += 1;
    else {
      anchor += STRIDE;
      behindAnchor = 0;
    }
    const count = behindAnchor === 0 ? anchor : anchor - STRIDE + behindAnchor;
    return { count, beginsSequence: false, reorderDepth: 1, isEmpty };
  };
}

function holdsSecondPicture(data: Uint8Array, from: number): boolean {
  const second = findStartCode(data, startCode.vop, from);
  return second >= 0 && (data[second + 4] ?? 0) >> 6 === B_VOP;
}

function isSignedAsPacked(headers: Uint8Array): boolean {
  let at = findStartCode(headers, startCode.userData, 0);
  while (at >= 0) {
    const text = String.fromCharCode(...headers.subarray(at + 4, at + 4 + SIGNATURE_BYTES));
    if (PACKED_SIGNATURE.test(text)) return true;
    at = findStartCode(headers, startCode.userData, at + 4);
  }
  return false;
}
