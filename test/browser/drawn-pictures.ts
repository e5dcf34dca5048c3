// What is drawn over a dark picture: where, and in which colour. By ffmpeg, and on the page.
import { execFileSync } from 'node:child_process';
import type { PageDocument } from './page-types.js';
import type { ScreenDriver } from './player-screen.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument;

/** Pixels of the pictures that are compared. */
export const SIZE = { width: 640, height: 360 };

/** What is to be seen. */
export interface Drawn {
  /** The first pixel, and the one after the last. */
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
  /** How many pixels. */
  readonly area: number;
  /** Their middle colour: red, green and blue. */
  readonly colour: readonly number[];
}

/** A channel above this is drawn. */
const DRAWN = 96;

/**
 * Measures what is drawn in a picture.
 * @param picture - a film, or a picture in a file's form.
 * @param filter - of ffmpeg; its first frame is measured.
 * @returns undefined when there is nothing.
 */
export function measure(picture: string | Uint8Array, filter: string): Drawn | undefined {
  const isFile = typeof picture === 'string';
  const { width, height } = SIZE;
  const chain = `${filter},scale=${width}:${height}:flags=bilinear,format=rgb24[out]`;
  const pixels = execFileSync(
    'ffmpeg',
    [
      ...['-nostdin', '-v', 'error', '-i', isFile ? picture : '-', '-filter_complex', chain, '-map', '[out]'],
      ...['-frames:v', '1', '-f', 'rawvideo', '-'],
    ],
    { input: isFile ? '' : picture, maxBuffer: 2 ** 24 },
  );
  let [left, top, right, bottom, area] = [width, height, 0, 0, 0];
  const colours: [number[], number[], number[]] = [[], [], []];
  for (let at = 0; at < width * height; at++) {
    const pixel = pixels.subarray(at * 3, at * 3 + 3);
    if (Math.max(...pixel) < DRAWN) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
    area++;
    pixel.forEach((value, channel) => colours[channel]!.push(value));
  }
  if (area === 0) return undefined;
  const colour = colours.map((values) => values.sort((a, b) => a - b)[area >> 1]!);
  return { box: [left, top, right, bottom], area, colour };
}

/** Whether two are the same, but for edges that lie between pixels. */
export function isAlike(one: Drawn | undefined, other: Drawn | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.box.every((edge, at) => Math.abs(edge - other.box[at]!) <= 2) &&
    Math.abs(one.area - other.area) <= Math.max(one.area, other.area) * 0.08 &&
    one.colour.every((value, at) => Math.abs(value - other.colour[at]!) <= 24)
  );
}

/** Hides what lies over the picture besides subtitles, as it is when nobody touches the mouse. */
export async function hideControls(driver: ScreenDriver): Promise<void> {
  await driver.evaluate(() => {
    for (const part of document.querySelectorAll('media-controller > :not(video, .subtitle-layer)'))
      part.setAttribute('style', 'opacity: 0');
  }, undefined);
}

/** Where the picture is on the page, in CSS pixels. */
export async function pictureOf(
  driver: ScreenDriver,
): Promise<{ x: number; y: number; width: number; height: number }> {
  return await driver.evaluate((ratio) => {
    const { x, y, width, height } = document.querySelector('.screen > video')!.getBoundingClientRect();
    const [pictureWidth, pictureHeight] = [Math.min(width, height * ratio), Math.min(height, width / ratio)];
    return {
      x: x + (width - pictureWidth) / 2,
      y: y + (height - pictureHeight) / 2,
      width: pictureWidth,
      height: pictureHeight,
    };
  }, SIZE.width / SIZE.height);
}
