// PGS, the subtitles of Blu-ray discs: display sets of segments, which build upon what came before.
import { MAX_PIXELS, type BitmapPicture, type PlacedImage } from '../bitmap/bitmap-picture.js';
import { paletteOf, type Palette } from './palette.js';
import { decodeRunLength } from './run-length.js';

/** What stands before a segment: `PG`, two times, type and length. */
const HEADER_BYTES = 13;
/** Ticks of a second. */
const TIMESCALE = 90_000;

const PALETTE = 0x14;
const OBJECT = 0x15;
const COMPOSITION = 0x16;
const END = 0x80;

/** Most images at a time; discs have two. */
const MAX_PLACEMENTS = 16;

/** An image; its data may come in several segments. */
interface ImageObject {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array[];
}

/** Where an object is shown, and which part of it. */
interface Placement {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly crop:
    { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | undefined;
}

/** What a composition says. */
interface Composition {
  readonly start: number;
  readonly width: number;
  readonly height: number;
  readonly paletteId: number;
  readonly placements: readonly Placement[];
}

/**
 * Parses a file of PGS (`.sup`). What is broken is left out, and a file that breaks off ends there.
 * @param bytes - of the file; kept, as images are decoded when they are shown.
 * @returns what is to be seen, in the order of the file.
 * @see US 2009/0185789 A1, "Graphics stream"
 */
export function parsePgs(bytes: Uint8Array): BitmapPicture[] {
  const pictures: BitmapPicture[] = [];
  const palettes = new Map<number, Palette>();
  const objects = new Map<number, ImageObject>();
  let composition: Composition | undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const end = at + HEADER_BYTES + view.getUint16(at + 11);
    if (view.getUint16(at) !== 0x5047 || end > bytes.length) break;
    const body = new DataView(bytes.buffer, bytes.byteOffset + at + HEADER_BYTES, end - at - HEADER_BYTES);
    const type = view.getUint8(at + 10);
    try {
      if (type === COMPOSITION) {
        composition = parseComposition(body, view.getUint32(at + 2) / TIMESCALE);
        // An epoch begins: nothing of before is used any more.
        if ((body.getUint8(7) & 0x80) !== 0) {
          palettes.clear();
          objects.clear();
        }
      } else if (type === PALETTE) {
        palettes.set(
          body.getUint8(0),
          paletteOf(body, composition?.height ?? 0, palettes.get(body.getUint8(0))),
        );
      } else if (type === OBJECT) addObject(objects, body);
      else if (type === END && composition !== undefined) {
        pictures.push(pictureOf(composition, palettes, objects));
        composition = undefined;
      }
    } catch (error) {
      // A segment that is shorter than it says.
      if (!(error instanceof RangeError)) throw error;
    }
    at = end;
  }
  return pictures;
}

function parseComposition(body: DataView, start: number): Composition {
  const placements: Placement[] = [];
  let at = 11;
  for (let count = Math.min(body.getUint8(10), MAX_PLACEMENTS); count > 0; count--) {
    const isCropped = (body.getUint8(at + 3) & 0x80) !== 0;
    const crop = isCropped
      ? {
          x: body.getUint16(at + 8),
          y: body.getUint16(at + 10),
          width: body.getUint16(at + 12),
          height: body.getUint16(at + 14),
        }
      : undefined;
    placements.push({ id: body.getUint16(at), x: body.getUint16(at + 4), y: body.getUint16(at + 6), crop });
    at += isCropped ? 16 : 8;
  }
  return {
    start,
    width: body.getUint16(0),
    height: body.getUint16(2),
    paletteId: body.getUint8(9),
    placements,
  };
}

function addObject(objects: Map<number, ImageObject>, body: DataView): void {
  const id = body.getUint16(0);
  const isFirst = (body.getUint8(3) & 0x80) !== 0;
  const rest = (from: number): Uint8Array =>
    new Uint8Array(body.buffer, body.byteOffset + from, body.byteLength - from);
  if (isFirst) objects.set(id, { width: body.getUint16(7), height: body.getUint16(9), data: [rest(11)] });
  else objects.get(id)?.data.push(rest(4));
}

function pictureOf(
  { start, width, height, paletteId, placements }: Composition,
  palettes: ReadonlyMap<number, Palette>,
  objects: ReadonlyMap<number, ImageObject>,
): BitmapPicture {
  const palette = palettes.get(paletteId);
  const isSane = width * height > 0 && width * height <= MAX_PIXELS && palette !== undefined;
  const images = !isSane ? [] : placements.flatMap((placement) => imageOf(placement, objects, palette));
  return { start, width, height, images };
}

function imageOf(
  { id, x, y, crop }: Placement,
  objects: ReadonlyMap<number, ImageObject>,
  palette: Palette,
): PlacedImage[] {
  const object = objects.get(id);
  if (object === undefined || object.width * object.height > MAX_PIXELS) return [];
  const { x: left, y: top } = crop ?? { x: 0, y: 0 };
  const width = Math.min(crop?.width ?? object.width, object.width - left);
  const height = Math.min(crop?.height ?? object.height, object.height - top);
  if (width <= 0 || height <= 0) return [];
  const decode = (): Uint8ClampedArray<ArrayBuffer> => {
    const places = decodeRunLength(joined(object.data), object.width, object.height);
    const colours = new Uint32Array(width * height);
    for (let line = 0; line < height; line++) {
      const from = (top + line) * object.width + left;
      for (let column = 0; column < width; column++)
        colours[line * width + column] = palette[places[from + column]!]!;
    }
    return new Uint8ClampedArray(colours.buffer);
  };
  return [{ x, y, width, height, decode }];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
