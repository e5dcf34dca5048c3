import { ByteCursor } from '../../bytes/cursor.js';
import { MalformedMediaError } from '../../errors.js';
import { parseVorbisModes } from './setup-header.js';

/** What the three Vorbis headers say of the length of packets. */
export interface VorbisHeaders {
  /** Channels. */
  readonly channels: number;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Samples in a short block. */
  readonly shortBlock: number;
  /** Samples in a long block. */
  readonly longBlock: number;
  /** For each mode, whether its packets are long blocks. */
  readonly isLongMode: readonly boolean[];
}

/**
 * Parses the headers as Matroska stores them, in Xiph lacing.
 * @throws {MalformedMediaError} when they are cut off or break the format.
 * @see Vorbis I specification, section 4.2; Matroska codec specification, A_VORBIS
 */
export function parseVorbisHeaders(codecPrivate: Uint8Array): VorbisHeaders {
  const cursor = new ByteCursor(codecPrivate, 'Vorbis private data');
  if (cursor.u8() !== 2) throw cursor.malformed('does not hold three packets in Xiph lacing');
  const identificationSize = readXiphSize(cursor);
  const commentSize = readXiphSize(cursor);
  const identification = new ByteCursor(cursor.view(identificationSize), 'Vorbis identification header');
  cursor.skip(commentSize);
  const setup = cursor.view(cursor.remaining);
  identification.skip(7 + 4); // packet type and magic, version
  const channels = identification.u8();
  const sampleRate =
    (identification.u8() |
      (identification.u8() << 8) |
      (identification.u8() << 16) |
      (identification.u8() << 24)) >>>
    0;
  identification.skip(12); // bit rates
  const blocks = identification.u8();
  const shortExponent = blocks & 15;
  const longExponent = blocks >> 4;
  const isRight =
    channels > 0 &&
    sampleRate > 0 &&
    shortExponent >= 6 &&
    longExponent <= 13 &&
    shortExponent <= longExponent;
  if (!isRight) {
    throw new MalformedMediaError('The Vorbis identification header has impossible values.', {
      context: { spec: 'Vorbis I specification, section 4.2.2' },
    });
  }
  return {
    channels,
    sampleRate,
    shortBlock: 1 << shortExponent,
    longBlock: 1 << longExponent,
    isLongMode: parseVorbisModes(setup, channels),
  };
}

function readXiphSize(cursor: ByteCursor): number {
  let size = 0;
  let byte: number;
  do {
    byte = cursor.u8();
    size += byte;
  } while (byte === 255);
  return size;
}
