import { Buffer } from 'node:buffer';

/** Codecs whose decoders are given the colours of pictures of up to 256 beside a packet. */
const PALETTED: ReadonlySet<string> = new Set([
  'rawvideo',
  'msrle',
  'msvideo1',
  'cinepak',
  'qtrle',
  'smc',
  '8bps',
  'tscc',
  'kmvc',
]);

/** What libavformat appends to the private data of plain pictures that are stored upside down. */
const BOTTOM_UP = 'BottomUp\0';

/** Colours that numbers of a byte can mean. */
export const COLORS = 256;

/** Bytes of AV_PKT_DATA_PALETTE: 32 bits for each colour. */
export const PALETTE_BYTES = 4 * COLORS;

/** What is known of pictures. */
export interface PalettedConfig {
  readonly codec: string;
  readonly bitsPerPixel?: number | undefined;
}

/** Whether pixels are numbers of colours that the container states. */
export function isPaletted({ codec, bitsPerPixel = 0 }: PalettedConfig): boolean {
  const bits = bitsPerPixel & 31;
  return PALETTED.has(codec) && bits > 0 && bits <= 8;
}

/**
 * Gives the palette of a track in the form that libavcodec's decoders take it: it stands at the end of the private data, as
 * behind the head of a Windows bitmap.
 * @param config - the codec, and bits a pixel; QuickTime adds 32 for shades of gray.
 * @param codecPrivate - the private data.
 * @returns AV_PKT_DATA_PALETTE: 256 numbers of 32 bits, opaque; undefined where pixels are no numbers of colours.
 */
export function paletteOf(config: PalettedConfig, codecPrivate: Uint8Array): Buffer | undefined {
  if (!isPaletted(config)) return undefined;
  const bits = config.bitsPerPixel! & 31;
  const whole = Buffer.from(codecPrivate.buffer, codecPrivate.byteOffset, codecPrivate.byteLength);
  const isBottomUp = whole.subarray(-BOTTOM_UP.length).toString('latin1') === BOTTOM_UP;
  const stored = isBottomUp ? whole.subarray(0, -BOTTOM_UP.length) : whole;
  const count = Math.min(2 ** bits, Math.floor(stored.length / 4));
  if (count === 0) return undefined;
  // Those that are not stated are black.
  const palette = Buffer.alloc(PALETTE_BYTES);
  for (let index = 0; index < COLORS; index++) palette[4 * index + 3] = 0xff;
  stored.copy(palette, 0, stored.length - 4 * count);
  for (let index = 0; index < count; index++) palette[4 * index + 3] = 0xff;
  return palette;
}
