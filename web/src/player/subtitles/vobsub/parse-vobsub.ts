import { MAX_PIXELS, type BitmapPicture } from '../bitmap/bitmap-picture.js';
import { parseVobsubIndex } from './parse-index.js';
import { decodeSubPicture, parseSubPicture } from './parse-sub-picture.js';
import { readSubPicture } from './read-packets.js';

/** Most bytes of the sub-pictures of one part. */
const MAX_TOTAL_BYTES = 96 * 2 ** 20;

/**
 * Parses a VobSub pair. What is broken is left out.
 * @param index - text of the `.idx` file.
 * @param bytes - of the `.sub` file; images are decoded when they are shown.
 * @returns what is to be seen, in order of time.
 */
export function parseVobsub(index: string, bytes: Uint8Array): BitmapPicture[] {
  const { width, height, palette, entries } = parseVobsubIndex(index);
  if (width * height === 0 || width * height > MAX_PIXELS) return [];
  const pictures: BitmapPicture[] = [];
  let end = Infinity;
  let total = 0;
  const clearBefore = (start: number): void => {
    if (end <= start) pictures.push({ start: end, width, height, images: [] });
    end = Infinity;
  };
  for (const { seconds, position } of [...entries].sort((a, b) => a.seconds - b.seconds)) {
    if (total > MAX_TOTAL_BYTES) break;
    const data = readSubPicture(bytes, position);
    total += data?.length ?? 0;
    const picture = data && parseSubPicture(data);
    if (data === undefined || picture === undefined) continue;
    const start = seconds + picture.start;
    clearBefore(start);
    pictures.push({
      start,
      width,
      height,
      images: [{ ...picture, decode: () => decodeSubPicture(data, picture, palette) }],
    });
    end = picture.end === undefined ? Infinity : seconds + picture.end;
  }
  if (end < Infinity) clearBefore(end);
  return pictures;
}
