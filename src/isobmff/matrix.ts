import type { ByteCursor } from '../bytes/cursor.js';
import type { ByteWriter } from '../bytes/byte-writer.js';

/** 1.0 in 16.16 fixed point. */
const ONE = 0x00010000;
/** 1.0 in 2.30 fixed point, the format of the matrix's last column. */
const ONE_2_30 = 0x40000000;

/** cosine and sine of the angles that a picture can be turned by. */
const TURNS = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] } as const;

/**
 * Writes the transformation matrix { a, b, u, c, d, v, x, y, w } of a clockwise turn. The turned picture is moved back to
 * where its left and top edges are at zero.
 * @param rotation - degrees, clockwise.
 * @param width - width of the picture before the turn, whole pixels.
 * @param height - height of the picture before the turn, whole pixels.
 * @see ISO/IEC 14496-12 - 6.2.2 and 8.3.2.3
 */
export function writeMatrix(
  writer: ByteWriter,
  rotation: 0 | 90 | 180 | 270,
  width: number,
  height: number,
): void {
  const [cos, sin] = TURNS[rotation];
  writer.i32(cos * ONE);
  writer.i32(sin * ONE);
  writer.u32(0);
  writer.i32(-sin * ONE);
  writer.i32(cos * ONE);
  writer.u32(0);
  writer.u32((rotation === 90 ? height : rotation === 180 ? width : 0) * ONE);
  writer.u32((rotation === 180 ? height : rotation === 270 ? width : 0) * ONE);
  writer.u32(ONE_2_30);
}

/** The part of a matrix that turns: cosine and sine, not normed, of the angle by which the picture's x axis is turned. */
export type PictureTurn = readonly [cos: number, sin: number];

/**
 * Parses a transformation matrix for its turn alone; a mirrored picture counts as one that is only turned.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 6.2.2
 */
export function parseMatrix(cursor: ByteCursor): PictureTurn {
  const a = cursor.i32();
  const b = cursor.i32();
  cursor.skip(28);
  return [a / ONE, b / ONE];
}

/** Composes turns, and rounds the angle to what players can show. */
export function rotationOf(first: PictureTurn, second: PictureTurn): 0 | 90 | 180 | 270 {
  const cos = first[0] * second[0] - first[1] * second[1];
  const sin = first[0] * second[1] + first[1] * second[0];
  if (Math.abs(cos) >= Math.abs(sin)) return cos < 0 ? 180 : 0;
  return sin > 0 ? 90 : 270;
}
