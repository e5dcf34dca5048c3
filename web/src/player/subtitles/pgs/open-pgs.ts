import { drawBitmaps } from '../bitmap/draw-bitmaps.js';
import { readCapped } from '../read-capped.js';
import type { OpenSubtitleRenderer } from '../subtitle-renderer.js';
import { parsePgs } from './parse-pgs.js';

/** Most bytes of one part. */
const MAX_BYTES = 48 * 2 ** 20;

/** Draws PGS. */
export const openPgs: OpenSubtitleRenderer = async ({ original }, stage) => {
  const url = stage.addressOf(original!);
  return await Promise.resolve(
    drawBitmaps(stage, {
      fetchPart: async (query, signal) => parsePgs(await readCapped(url + query, MAX_BYTES, signal)),
      isStretched: false,
    }),
  );
};
