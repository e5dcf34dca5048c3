import { boxCursor, type BoxView } from '../box-view.js';

/** Bytes of a VisualSampleEntry in front of its depth. */
const depthOffset = 74;
const colors = 256;

/**
 * Reads the colours of pictures whose pixels are numbers of colours, as QuickTime stored them until the end of the 1990s.
 * @param box - the sample entry.
 * @returns four bytes a colour, blue, green, red and one that is not used, as Windows's bitmaps have them; undefined where
 * pixels are no such numbers.
 * @see QuickTime File Format, "Video sample description" and "Color table atoms"
 */
export function readColorTable(box: BoxView): Uint8Array | undefined {
  if (box.body.length < depthOffset + 4) return undefined;
  const cursor = boxCursor(box);
  cursor.skip(depthOffset);
  const depth = cursor.u16();
  const tableId = cursor.u16();
  const bits = depth & 31;
  if (![2, 4, 8].includes(bits)) return undefined;
  if (depth > 32) return grayTable(2 ** bits);
  if (tableId !== 0) return bits === 8 ? systemTable() : undefined;
  if (cursor.remaining < 8) return undefined;
  const first = cursor.u32();
  cursor.skip(2);
  const last = Math.min(cursor.u16(), colors - 1);
  const table = new Uint8Array(4 * colors);
  for (let index = first; index <= last && cursor.remaining >= 8; index++) {
    cursor.skip(2);
    setColor(table, index, [cursor.u16() >> 8, cursor.u16() >> 8, cursor.u16() >> 8]);
  }
  return table;
}

type Color = readonly [red: number, green: number, blue: number];

function setColor(table: Uint8Array, index: number, [red, green, blue]: Color): void {
  table.set([blue, green, red], 4 * index);
}

/** From white to black. */
function grayTable(count: number): Uint8Array {
  const table = new Uint8Array(4 * colors);
  for (let index = 0; index < count; index++) {
    const level = 255 - Math.floor((255 * index) / (count - 1));
    setColor(table, index, [level, level, level]);
  }
  return table;
}

/** The Macintosh's own 256: a cube of six steps without its black, ramps of red, green, blue and gray, and black. */
function systemTable(): Uint8Array {
  const table = new Uint8Array(4 * colors);
  let index = 0;
  const add = (...color: Color): void => setColor(table, index++, color);
  const steps = [0xff, 0xcc, 0x99, 0x66, 0x33, 0];
  for (const red of steps) {
    for (const green of steps) {
      for (const blue of steps) if (red + green + blue > 0) add(red, green, blue);
    }
  }
  const ramp = [0xee, 0xdd, 0xbb, 0xaa, 0x88, 0x77, 0x55, 0x44, 0x22, 0x11];
  for (const level of ramp) add(level, 0, 0);
  for (const level of ramp) add(0, level, 0);
  for (const level of ramp) add(0, 0, level);
  for (const level of ramp) add(level, level, level);
  return table;
}
