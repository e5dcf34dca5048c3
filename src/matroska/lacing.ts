import { vintLength, parseVint } from './vint.js';

/** How frames are laced in a block: the two lacing bits of its flags. */
export const LACING = { none: 0, xiph: 1, fixed: 2, ebml: 3 } as const;

/**
 * Parses the sizes of a block's laced frames.
 * @param body - the block's data.
 * @param position - index of the byte that gives the number of frames less one.
 * @param lacing - one of {@link LACING}, other than `none`.
 * @param sizes - takes the size of each frame; emptied first. Reused, so that a block allocates nothing for it.
 * @returns the index at which the first frame begins, or -1 when the sizes cannot be true: they run past the block,
 * do not fill it, or one is negative or zero.
 * @see RFC 9559, section 10.3
 */
export function parseLacing(body: Uint8Array, position: number, lacing: number, sizes: number[]): number {
  sizes.length = 0;
  if (position >= body.length) return -1;
  const count = body[position]! + 1;
  const start = parseSizes(body, position + 1, lacing, count, sizes);
  // No codec has empty frames to lace, and 255 of them would cost a hostile file but one byte.
  return sizes.includes(0) && count > 1 ? -1 : start;
}

function parseSizes(
  body: Uint8Array,
  position: number,
  lacing: number,
  count: number,
  sizes: number[],
): number {
  switch (lacing) {
    case LACING.xiph:
      return parseXiph(body, position, count, sizes);
    case LACING.fixed:
      return parseFixed(body, position, count, sizes);
    case LACING.ebml:
      return parseEbml(body, position, count, sizes);
    default:
      return -1;
  }
}

/** Each size is a run of 255s and one byte below; the last frame takes the rest. RFC 9559, section 10.3.1. */
function parseXiph(body: Uint8Array, position: number, count: number, sizes: number[]): number {
  let at = position;
  let total = 0;
  for (let i = 1; i < count; i++) {
    let size = 0;
    let byte: number;
    do {
      if (at >= body.length) return -1;
      byte = body[at++]!;
      size += byte;
    } while (byte === 255);
    total += size;
    sizes.push(size);
  }
  return pushRest(body, at, total, sizes);
}

/** All frames are equally large. RFC 9559, section 10.3.3. */
function parseFixed(body: Uint8Array, position: number, count: number, sizes: number[]): number {
  const size = (body.length - position) / count;
  if (!Number.isInteger(size)) return -1;
  for (let i = 0; i < count; i++) sizes.push(size);
  return position;
}

/** The first size is a vint, each next one a signed difference; the last frame takes the rest. RFC 9559, 10.3.2. */
function parseEbml(body: Uint8Array, position: number, count: number, sizes: number[]): number {
  let at = position;
  let total = 0;
  let size = 0;
  for (let i = 1; i < count; i++) {
    if (at >= body.length) return -1;
    const length = vintLength(body[at]!);
    if (length > 8 || at + length > body.length) return -1;
    const value = parseVint(body, at, length);
    // A difference is stored with half of its range added, so that it is never negative.
    size = i === 1 ? value : size + value - (2 ** (7 * length - 1) - 1);
    at += length;
    total += size;
    if (size < 0 || total > body.length) return -1;
    sizes.push(size);
  }
  return pushRest(body, at, total, sizes);
}

function pushRest(body: Uint8Array, start: number, total: number, sizes: number[]): number {
  const rest = body.length - start - total;
  if (rest < 0) return -1;
  sizes.push(rest);
  return start;
}
