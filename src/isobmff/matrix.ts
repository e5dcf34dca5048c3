import type { ByteCursor } from '../bytes/cursor.js';
import type { ByteWriter } from '../bytes/byte-writer.js';

/** 1.0 in 16.16 fixed point. */
const ONE = 0x00010000;
/** 1.0 in 2.30 fixed point, the format of the matrix's last column. */
const ONE_2_30 = 0x40000000;

/** cosine and sine of the angles that a picture can be turned by. */
const TURNS = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] } as const;

/** How a picture is brought to be shown upright: mirrored left to right first, where it is, and then turned. */
export interface PicturePose {
  /** Degrees, clockwise. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Whether left and right change places before the turn. */
  readonly isMirrored: boolean;
}

/**
 * Writes the transformation matrix { a, b, u, c, d, v, x, y, w } of a pose. The picture is moved back to where its left
 * and top edges are at zero.
 * @param width - width of the picture before the turn, whole pixels.
 * @param height - height of the picture before the turn, whole pixels.
 * @see ISO/IEC 14496-12 - 6.2.2 and 8.3.2.3
 */
export function writeMatrix(
  writer: ByteWriter,
  { rotation, isMirrored }: PicturePose,
  width: number,
  height: number,
): void {
  const [cos, sin] = TURNS[rotation];
  const across = isMirrored ? -1 : 1;
  const [a, b, c, d] = [cos * across, sin * across, -sin, cos];
  writer.i32(a * ONE);
  writer.i32(b * ONE);
  writer.u32(0);
  writer.i32(c * ONE);
  writer.i32(d * ONE);
  writer.u32(0);
  writer.u32((Math.max(0, -a * width) + Math.max(0, -c * height)) * ONE);
  writer.u32((Math.max(0, -b * width) + Math.max(0, -d * height)) * ONE);
  writer.u32(ONE_2_30);
}

/** The part of a matrix that turns and mirrors: a point (x, y) goes to (a * x + c * y, b * x + d * y). */
export type PictureTurn = readonly [a: number, b: number, c: number, d: number];

/**
 * Parses a transformation matrix for the part that turns and mirrors.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 6.2.2
 */
export function parseMatrix(cursor: ByteCursor): PictureTurn {
  const a = cursor.i32() / ONE;
  const b = cursor.i32() / ONE;
  cursor.skip(4);
  const c = cursor.i32() / ONE;
  const d = cursor.i32() / ONE;
  cursor.skip(16);
  return [a, b, c, d];
}

/** Composes two matrices, the track's being applied first, and rounds the angle to what players can show. */
export function poseOf(movie: PictureTurn, track: PictureTurn): PicturePose {
  const [ma, mb, mc, md] = movie;
  const [ta, tb, tc, td] = track;
  const isMirrored = (ma * md - mb * mc) * (ta * td - tb * tc) < 0;
  const across = isMirrored ? -1 : 1;
  const cos = across * (ma * ta + mc * tb);
  const sin = across * (mb * ta + md * tb);
  if (Math.abs(cos) >= Math.abs(sin)) return { rotation: cos < 0 ? 180 : 0, isMirrored };
  return { rotation: sin > 0 ? 90 : 270, isMirrored };
}
