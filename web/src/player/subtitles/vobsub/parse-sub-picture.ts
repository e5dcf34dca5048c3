// Sub-pictures of DVDs: an image of four colours in two fields, and commands that say how and when it is shown.
import { MAX_PIXELS } from '../bitmap/bitmap-picture.js';

/** Ticks of 90 kHz in which commands count time. */
const DELAY_TICKS = 1024;
const TIMESCALE = 90_000;

/** Bytes of each command, with its own; of 7 it is said behind it. What is none of these ends a sequence. */
const COMMAND_BYTES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 1, 3: 3, 4: 3, 5: 7, 6: 5 };

/** A sub-picture. */
export interface SubPicture {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Places in the palette of the film, of the four colours. */
  readonly colours: readonly number[];
  /** From 0 to 15, of the four colours. */
  readonly alphas: readonly number[];
  /** Where the lines begin: even ones, and odd ones. */
  readonly fields: readonly [number, number];
  /** Seconds after its time that it is shown. */
  readonly start: number;
  /** Seconds after its time that it ends; undefined when it says nothing of it. */
  readonly end: number | undefined;
}

/**
 * Parses the commands of a sub-picture.
 * @returns undefined when it shows nothing.
 * @see DVD specifications for read-only disc, part 3: sub-picture units, SP_DCSQT
 */
export function parseSubPicture(data: Uint8Array): SubPicture | undefined {
  if (data.length < 4) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let area: { x: number; y: number; width: number; height: number } | undefined;
  let fields: [number, number] | undefined;
  let [colours, alphas] = [
    [0, 1, 2, 3],
    [0, 15, 15, 15],
  ];
  let [start, end]: [number, number | undefined] = [0, undefined];
  for (let at = view.getUint16(2), last = -1; at > last && at + 4 <= data.length;) {
    const delay = (view.getUint16(at) * DELAY_TICKS) / TIMESCALE;
    last = at;
    const next = view.getUint16(at + 2);
    for (let command = at + 4; command < data.length;) {
      const code = data[command]!;
      // A change of colours within the picture is passed over.
      const isLong = code === 7 && command + 3 <= data.length;
      const length = isLong ? 1 + view.getUint16(command + 1) : COMMAND_BYTES[code];
      if (length === undefined || command + length > data.length) break;
      if (code <= 1) start = delay;
      else if (code === 2) end = delay;
      else if (code === 3) colours = nibblesOf(view.getUint16(command + 1));
      else if (code === 4) alphas = nibblesOf(view.getUint16(command + 1));
      else if (code === 5) area = areaOf(data.subarray(command + 1, command + 7));
      else if (code === 6) fields = [view.getUint16(command + 1), view.getUint16(command + 3)];
      command += length;
    }
    at = next;
  }
  if (area === undefined || fields === undefined || area.width * area.height > MAX_PIXELS) return undefined;
  if (area.width <= 0 || area.height <= 0) return undefined;
  return { ...area, colours, alphas, fields, start, end };
}

/**
 * Decodes the image of a sub-picture.
 * @param palette - sixteen colours, 0xRRGGBB.
 * @returns red, green, blue and alpha of each pixel.
 */
export function decodeSubPicture(
  data: Uint8Array,
  { width, height, fields, colours, alphas }: SubPicture,
  palette: readonly number[],
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  const rgba = colours.map((place, at) => {
    const colour = palette[place] ?? 0;
    return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff, alphas[at]! * 17];
  });
  const nibble = (at: number): number => ((data[at >> 1] ?? 0) >> (at & 1 ? 0 : 4)) & 15;
  fields.forEach((field, odd) => {
    let at = field * 2;
    for (let y = odd; y < height && at < data.length * 2; y += 2) {
      for (let x = 0; x < width;) {
        // The longer a run, the more nibbles it takes: as many as it begins with zeroes, and two more.
        let value = nibble(at++);
        for (let limit = 4; value < limit && limit <= 0x40; limit <<= 2) value = (value << 4) | nibble(at++);
        const run = value >> 2 || width;
        const end = Math.min(width, x + run);
        for (; x < end; x++) pixels.set(rgba[value & 3]!, (y * width + x) * 4);
      }
      at += at & 1;
    }
  });
  return pixels;
}

/** Of the fourth colour first. */
function nibblesOf(value: number): number[] {
  return [value & 15, (value >> 4) & 15, (value >> 8) & 15, (value >> 12) & 15];
}

/** Two pairs of twelve bits: the first and the last column, then line. */
function areaOf(b: Uint8Array): { x: number; y: number; width: number; height: number } {
  const [left, right] = [(b[0]! << 4) | (b[1]! >> 4), ((b[1]! & 15) << 8) | b[2]!];
  const [top, bottom] = [(b[3]! << 4) | (b[4]! >> 4), ((b[4]! & 15) << 8) | b[5]!];
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
