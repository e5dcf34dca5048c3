/** An image of one colour. */
export interface SupImage {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Y, Cr and Cb. */
  readonly colour: readonly [number, number, number];
}

const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const u24 = (value: number): number[] => [value >> 16, ...u16(value)];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)];

/** Writes a file of PGS: each image by itself, and then nothing. */
export function writeSup(plane: { width: number; height: number }, images: readonly SupImage[]): Uint8Array {
  let number = 0;
  return Uint8Array.from(
    images.flatMap(({ start, end, x, y, width, height, colour }) => {
      const line = [0, 0xc0 | (width >> 8), width & 0xff, 1, 0, 0];
      const pixels = Array.from({ length: height }, () => line).flat();
      const size = [...u16(width), ...u16(height)];
      const composition = (objects: readonly number[]): number[] => [
        ...[...u16(plane.width), ...u16(plane.height), 0x10, ...u16(number++), 0x80, 0, 0],
        ...(objects.length === 0 ? [0] : [1, ...objects]),
      ];
      const window = [1, 0, ...u16(x), ...u16(y), ...size];
      return [
        ...segment(start, 0x16, composition([0, 0, 0, 0, ...u16(x), ...u16(y)])),
        ...segment(start, 0x17, window),
        ...segment(start, 0x14, [0, 0, 1, ...colour, 255]),
        ...segment(start, 0x15, [0, 0, 0, 0xc0, ...u24(pixels.length + 4), ...size, ...pixels]),
        ...segment(start, 0x80, []),
        ...segment(end, 0x16, composition([])),
        ...segment(end, 0x17, window),
        ...segment(end, 0x80, []),
      ];
    }),
  );
}

function segment(seconds: number, type: number, body: readonly number[]): number[] {
  return [0x50, 0x47, ...u32(seconds * 90_000), ...u32(0), type, ...u16(body.length), ...body];
}
