import { drawBitmaps } from '../bitmap/draw-bitmaps.js';
import { readCapped } from '../read-capped.js';
import type { OpenSubtitleRenderer } from '../subtitle-renderer.js';
import { parseVobsub } from './parse-vobsub.js';

/** Most bytes of one part: of the index, and of the pictures. */
const MAX_INDEX_BYTES = 8 * 2 ** 20;
const MAX_BYTES = 48 * 2 ** 20;

/** Draws VobSub: an index, and pictures in a file beside it. */
export const openVobsub: OpenSubtitleRenderer = async ({ original }, stage) => {
  const index = stage.addressOf(original!);
  const pictures = index.replace(/\.idx$/, '.sub');
  return await Promise.resolve(
    drawBitmaps(stage, {
      fetchPart: async (query, signal) => {
        const [text, bytes] = await Promise.all([
          readCapped(index + query, MAX_INDEX_BYTES, signal),
          readCapped(pictures + query, MAX_BYTES, signal),
        ]);
        return parseVobsub(new TextDecoder().decode(text), bytes);
      },
      isStretched: true,
    }),
  );
};
