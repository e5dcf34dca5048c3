/** 256 colours, as four bytes in memory: red, green, blue, alpha. */
export type Palette = Uint32Array<ArrayBuffer>;

/** Bytes of an entry: its place, Y, Cr, Cb and alpha. */
const ENTRY_BYTES = 5;
/** Lines of a plane up to which colours are those of standard definition. */
const STANDARD_LINES = 576;

/**
 * Parses a palette segment.
 * @param body - of the segment.
 * @param lines - of the plane: by them it is known which colours are meant.
 * @param before - the palette that it changes, if there is one.
 * @see ITU-R BT.601 and BT.709, limited range
 */
export function paletteOf(body: DataView, lines: number, before: Palette | undefined): Palette {
  const bytes = new Uint8ClampedArray(before?.slice().buffer ?? new ArrayBuffer(256 * 4));
  const [redCr, greenCb, greenCr, blueCb] =
    lines > 0 && lines <= STANDARD_LINES
      ? ([1.596, -0.392, -0.813, 2.017] as const)
      : ([1.793, -0.213, -0.533, 2.112] as const);
  for (let at = 2; at + ENTRY_BYTES <= body.byteLength; at += ENTRY_BYTES) {
    const luma = 1.164 * (body.getUint8(at + 1) - 16);
    const cr = body.getUint8(at + 2) - 128;
    const cb = body.getUint8(at + 3) - 128;
    bytes.set(
      [luma + redCr * cr, luma + greenCb * cb + greenCr * cr, luma + blueCb * cb, body.getUint8(at + 4)],
      body.getUint8(at) * 4,
    );
  }
  return new Uint32Array(bytes.buffer);
}
