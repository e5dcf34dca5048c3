/**
 * Decodes an object's pixels into places of a palette.
 * @param data - runs, line by line; what is missing stays place 0.
 * @returns one byte a pixel.
 * @see US 2009/0185789 A1, table of run lengths
 */
export function decodeRunLength(data: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height);
  let [at, x, y] = [0, 0, 0];
  while (at < data.length && y < height) {
    const value = data[at++]!;
    let [length, colour] = [1, value];
    if (value === 0) {
      const flags = data[at++] ?? 0;
      if (flags === 0) {
        [x, y] = [0, y + 1];
        continue;
      }
      length = flags & 0x3f;
      if (flags & 0x40) length = (length << 8) | (data[at++] ?? 0);
      if (flags & 0x80) colour = data[at++] ?? 0;
    }
    const end = Math.min(width, x + length);
    pixels.fill(colour, y * width + x, y * width + end);
    x = end;
  }
  return pixels;
}
