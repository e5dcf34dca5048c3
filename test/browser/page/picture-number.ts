import type { PageCanvas, PageContext, PageVideo } from '../page-types.js';

declare const document: { createElement(name: 'canvas'): PageCanvas };

/** Bits of the number, each a black or white square, the lowest one first, in a row along the picture's lower edge. */
const BITS = 16;
/** Height of that row, in ninths of the picture's height. */
const ROW = 1 / 9;

let context: PageContext | undefined;

/** Reads the number that is painted in the picture that is shown; -1 while there is none. */
export function pictureNumber(video: PageVideo): number {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || video.readyState < 2) return -1;
  context ??= newContext();
  // The middle of each square becomes one pixel.
  const height = videoHeight * ROW;
  context.drawImage(video, 0, videoHeight - height, videoWidth, height, 0, 0, BITS * 4, 4);
  const { data } = context.getImageData(0, 2, BITS * 4, 1);
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    if (data[(bit * 4 + 2) * 4]! > 127) number += 2 ** bit;
  }
  return number;
}

function newContext(): PageContext {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [BITS * 4, 4];
  return canvas.getContext('2d', { willReadFrequently: true });
}
