import { ByteCursor } from '../../bytes/cursor.js';

/** What the header of a VP8 key frame says. */
export interface Vp8KeyFrameHeader {
  /** version, 0 to 3: which reconstruction filter is used. */
  readonly version: number;
  /** Width in pixels, unscaled. */
  readonly width: number;
  /** Height in pixels, unscaled. */
  readonly height: number;
}

/** Whether the frame tag is that of a key frame. RFC 6386, section 9.1. */
export function isVp8KeyFrame(frame: Uint8Array): boolean {
  return frame.length >= 3 && (frame[0]! & 1) === 0;
}

/**
 * Parses the frame tag and header of a key frame.
 * @returns undefined when the frame is not a key frame.
 * @throws {MalformedMediaError} when it lacks its start code or is cut off.
 * @see RFC 6386, section 9.1
 */
export function parseVp8KeyFrameHeader(frame: Uint8Array): Vp8KeyFrameHeader | undefined {
  if (!isVp8KeyFrame(frame)) return undefined;
  const cursor = new ByteCursor(frame, 'VP8 key frame');
  const version = (cursor.u8() >> 1) & 7;
  cursor.skip(2);
  if (cursor.u24() !== 0x9d012a)
    throw cursor.malformed('lacks its start code', { spec: 'RFC 6386, section 9.1' });
  // Little-endian 14-bit sizes; the two bits above are a scaling hint.
  const width = (cursor.u8() | (cursor.u8() << 8)) & 0x3fff;
  const height = (cursor.u8() | (cursor.u8() << 8)) & 0x3fff;
  if (width === 0 || height === 0) throw cursor.malformed('has no picture size');
  return { version, width, height };
}
