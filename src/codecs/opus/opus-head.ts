import { ByteCursor } from '../../bytes/cursor.js';
import { UnsupportedMediaError } from '../../errors.js';

/** The identification header of an Opus stream, which is also Matroska's CodecPrivate. */
export interface OpusHead {
  /** Output channels, 1 to 255. */
  readonly channels: number;
  /** Samples at 48 kHz to drop from the start. */
  readonly preSkip: number;
  /** Rate of the original material; informative only. */
  readonly inputSampleRate: number;
  /** Gain in Q7.8 dB to apply when decoding. */
  readonly outputGain: number;
  /** Channel mapping family: 0 mono and stereo, 1 surround, 255 undefined. */
  readonly mappingFamily: number;
  /** StreamCount, CoupledCount and the channel mapping, as stored; empty for family 0. */
  readonly mappingTable: Uint8Array;
}

/**
 * Parses an identification header.
 * @param bytes - the header; `mappingTable` is a view of it.
 * @throws {MalformedMediaError} when it is cut off or lacks its magic.
 * @throws {UnsupportedMediaError} for a version that is not compatible, or no channels.
 * @see RFC 7845, section 5.1
 */
export function parseOpusHead(bytes: Uint8Array): OpusHead {
  const cursor = new ByteCursor(bytes, 'OpusHead');
  for (const character of 'OpusHead') {
    if (cursor.u8() !== character.charCodeAt(0)) {
      throw cursor.malformed('lacks its magic signature', { spec: 'RFC 7845, section 5.1' });
    }
  }
  const version = cursor.u8();
  const channels = cursor.u8();
  if (version >> 4 !== 0 || channels === 0) {
    throw new UnsupportedMediaError(
      `OpusHead of version ${version} with ${channels} channels cannot be read.`,
      {
        context: { spec: 'RFC 7845, section 5.1' },
      },
    );
  }
  const preSkip = cursor.u8() | (cursor.u8() << 8);
  const inputSampleRate =
    (cursor.u8() | (cursor.u8() << 8) | (cursor.u8() << 16) | (cursor.u8() << 24)) >>> 0;
  const gain = cursor.u8() | (cursor.u8() << 8);
  const mappingFamily = cursor.u8();
  if (mappingFamily === 0 && channels > 2)
    throw cursor.malformed('has more than 2 channels in mapping family 0');
  return {
    channels,
    preSkip,
    inputSampleRate,
    outputGain: (gain << 16) >> 16,
    mappingFamily,
    mappingTable: mappingFamily === 0 ? new Uint8Array(0) : cursor.view(2 + channels),
  };
}

/** Samples at 48 kHz to drop from the start, by an identification header of whatever worth; 0 where it does not say. */
export function preSkipOf(header: Uint8Array | undefined): number {
  return (header?.[10] ?? 0) | ((header?.[11] ?? 0) << 8);
}
