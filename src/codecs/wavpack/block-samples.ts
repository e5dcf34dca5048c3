import { ByteCursor } from '../../bytes/cursor.js';

/** Size of a block header, `wvpk` included. */
const headerSize = 32;

/**
 * Reads how many samples a channel a WavPack packet holds. A packet of more than two channels has several blocks, each of
 * the same samples.
 * @param packet - blocks with their headers.
 * @returns undefined when it does not begin with a block.
 * @see WavPack file format, "Block header"
 */
export function wavpackBlockSamples(packet: Uint8Array): number | undefined {
  if (packet.length < headerSize) return undefined;
  const cursor = new ByteCursor(packet, 'WavPack block');
  if (cursor.u32() !== 0x7776706b) return undefined;
  cursor.skip(16);
  // Little-endian, as all of WavPack.
  const samples = cursor.u8() + cursor.u8() * 0x100 + cursor.u8() * 0x10000 + cursor.u8() * 0x1000000;
  return samples > 0 ? samples : undefined;
}
