import { BitWriter } from '../../bytes/bit-writer.js';
import type { FlacStreamInfo } from './streaminfo.js';

/**
 * Builds a FLAC frame of silence: every channel constant zero. Its rate and depth are those of STREAMINFO.
 * @param info - the stream's STREAMINFO.
 * @param samples - samples a channel, 1 to 65536.
 * @see RFC 9639, section 9
 */
export function buildSilentFlacFrame({ channels, bitDepth }: FlacStreamInfo, samples: number): Uint8Array {
  const header = writeHeader(channels, samples);
  const subframes = new Uint8Array(Math.ceil((channels * (8 + bitDepth)) / 8)); // constant, of value 0
  const body = Uint8Array.of(...header, crcOf(header, 8, 0x07), ...subframes);
  const crc = crcOf(body, 16, 0x8005);
  return Uint8Array.of(...body, crc >> 8, crc & 0xff);
}

function writeHeader(channels: number, samples: number): Uint8Array {
  const writer = new BitWriter(7);
  writer.bits(0xfff8, 16); // sync code, fixed block size
  writer.bits(7, 4); // block size: 16 bits at the header's end
  writer.bits(0, 4); // sample rate: STREAMINFO's
  writer.bits(channels - 1, 4); // independent channels
  writer.bits(0, 4); // bit depth: STREAMINFO's; reserved bit
  writer.bits(0, 8); // frame number
  writer.bits(samples - 1, 16);
  return writer.finish();
}

/** CRC of RFC 9639, sections 9.1.8 and 9.3: from zero, not reflected. */
function crcOf(bytes: Uint8Array, width: 8 | 16, polynomial: number): number {
  const top = 1 << (width - 1);
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) crc = crc & top ? (crc << 1) ^ polynomial : crc << 1;
    crc &= (1 << width) - 1;
  }
  return crc;
}
