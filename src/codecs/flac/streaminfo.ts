import { BitReader } from '../../bytes/bit-reader.js';
import { ByteCursor } from '../../bytes/cursor.js';

/** What a STREAMINFO block says. */
export interface FlacStreamInfo {
  /** Fewest samples in a block, but for the last. */
  readonly minBlockSize: number;
  /** Most samples in a block. */
  readonly maxBlockSize: number;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Channels, 1 to 8. */
  readonly channels: number;
  /** Bits a sample, 4 to 32. */
  readonly bitDepth: number;
  /** The 34 bytes of the block's body: a view. */
  readonly body: Uint8Array;
}

const bodySize = 34;

/**
 * Parses STREAMINFO out of a track's private data: the `fLaC` stream header, metadata blocks with their headers, or the
 * bare body.
 * @throws {MalformedMediaError} when there is none, or it is cut off.
 * @see RFC 9639, section 8.2
 */
export function parseFlacStreamInfo(codecPrivate: Uint8Array): FlacStreamInfo {
  const body = viewBody(codecPrivate);
  const reader = new BitReader(body, 'FLAC STREAMINFO');
  const minBlockSize = reader.bits(16);
  const maxBlockSize = reader.bits(16);
  reader.skip(48); // frame sizes
  const sampleRate = reader.bits(20);
  const channels = reader.bits(3) + 1;
  const bitDepth = reader.bits(5) + 1;
  return { minBlockSize, maxBlockSize, sampleRate, channels, bitDepth, body };
}

function viewBody(codecPrivate: Uint8Array): Uint8Array {
  if (codecPrivate.length === bodySize) return codecPrivate;
  const cursor = new ByteCursor(codecPrivate, 'FLAC private data');
  const hasMarker = codecPrivate[0] === 0x66 && codecPrivate[1] === 0x4c;
  if (hasMarker && cursor.u32() !== 0x664c6143) throw cursor.malformed('lacks its fLaC marker');
  const type = cursor.u8() & 0x7f;
  const size = cursor.u24();
  if (type !== 0 || size !== bodySize) {
    throw cursor.malformed('does not begin with a STREAMINFO block', { spec: 'RFC 9639, section 8.2' });
  }
  return cursor.view(bodySize);
}
