import type { VideoCodec } from '../media/codec.js';
import { ByteCursor } from '../bytes/cursor.js';
import { riffVideoCodec } from '../codecs/video-fourcc.js';

/** What a BITMAPINFOHEADER says. */
export interface VfwFormat {
  /** The codec that its fourcc names. */
  readonly codec: VideoCodec;
  /** The fourcc, with bytes that cannot be printed in hexadecimal. */
  readonly fourcc: string;
  /** Bits of a pixel (biBitCount); 0 when not stated. */
  readonly bitsPerPixel: number;
  /** What follows the header: the codec's own configuration. A view. */
  readonly extradata: Uint8Array | undefined;
}

/**
 * Parses the CodecPrivate of `V_MS/VFW/FOURCC`: a BITMAPINFOHEADER and what the codec adds to it.
 * @throws {MalformedMediaError} when it is shorter than 40 bytes.
 * @see RFC 9559, section 7, and draft-ietf-cellar-codec, section 6.2 (V_MS/VFW/FOURCC)
 */
export function parseVfwFormat(codecPrivate: Uint8Array): VfwFormat {
  const header = new ByteCursor(codecPrivate, 'BITMAPINFOHEADER');
  header.skip(14); // biSize, biWidth, biHeight, biPlanes
  const depth = header.view(2);
  const code = header.view(4);
  header.skip(20); // biSizeImage, biXPelsPerMeter, biYPelsPerMeter, biClrUsed, biClrImportant
  const fourcc = printFourcc(code);
  return {
    codec: riffVideoCodec(fourcc),
    fourcc,
    bitsPerPixel: depth[0]! | (depth[1]! << 8),
    extradata: header.remaining > 0 ? header.view(header.remaining) : undefined,
  };
}

/** Gives a fourcc as text; bytes that cannot be printed become `[n]`. */
export function printFourcc(code: Uint8Array): string {
  return Array.from(code, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `[${byte}]`,
  ).join('');
}
