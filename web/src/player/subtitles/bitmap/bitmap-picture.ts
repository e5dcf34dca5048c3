/** Most pixels of one image or of the plane it lies on: more than any disc has, and no trouble for any browser. */
export const MAX_PIXELS = 2 ** 24;

/** An image of subtitles, in its place on the plane. */
export interface PlacedImage {
  /** Pixels of the plane. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Decodes it: red, green, blue and alpha of each pixel, line by line. */
  decode(): Uint8ClampedArray<ArrayBuffer>;
}

/** What is to be seen from a moment on, until that of the next picture. */
export interface BitmapPicture {
  /** Seconds of the source. */
  readonly start: number;
  /** Pixels of the plane; it covers the film's picture. */
  readonly width: number;
  readonly height: number;
  /** Empty when nothing is to be seen. */
  readonly images: readonly PlacedImage[];
}

/**
 * Finds what is to be seen at a time.
 * @param pictures - in order of their times.
 * @param seconds - of the source.
 */
export function pictureAt(pictures: readonly BitmapPicture[], seconds: number): BitmapPicture | undefined {
  let [from, to] = [0, pictures.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (pictures[middle]!.start <= seconds) from = middle + 1;
    else to = middle;
  }
  return pictures[from - 1];
}
