import type { OpusHead } from './opus-head.js';

/** CELT, full band, 20 ms, mono, one frame. RFC 6716, section 3.1. */
const toc = 0xf8;
/** A CELT frame of silence: its silence flag is set, and nothing follows. RFC 6716, section 4.3. */
const frame: readonly number[] = [0xff, 0xfe];

/** Samples at 48 kHz of a silent packet. */
export const opusSilenceSamples = 960;

/**
 * Builds an Opus packet of silence. A decoder of stereo takes mono packets too.
 * @param head - the stream's identification header.
 * @see RFC 7845, section 5.1.1: all streams but the last are self-delimited, RFC 6716, appendix B
 */
export function buildSilentOpusPacket(head: OpusHead): Uint8Array {
  const streams = head.mappingFamily === 0 ? 1 : Math.max(1, head.mappingTable[0] ?? 1);
  const packet: number[] = [];
  for (let i = 1; i < streams; i++) packet.push(toc, frame.length, ...frame);
  packet.push(toc, ...frame);
  return Uint8Array.from(packet);
}
