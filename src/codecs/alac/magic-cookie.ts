import { ByteCursor } from '../../bytes/cursor.js';
import { MalformedMediaError } from '../../errors.js';

/** What an ALACSpecificConfig says of packets. */
export interface AlacSpecificConfig {
  /** Samples a channel in a packet that does not say otherwise. */
  readonly frameLength: number;
  /** Samples a second. */
  readonly sampleRate: number;
}

/**
 * Parses an ALACSpecificConfig, with or without the box header and version that QuickTime puts before it.
 * @throws {MalformedMediaError} when it is cut off, or states no sample rate.
 * @see Apple Lossless Format "ALACMagicCookieDescription"
 */
export function parseAlacSpecificConfig(codecPrivate: Uint8Array): AlacSpecificConfig {
  const cursor = new ByteCursor(codecPrivate, 'ALACSpecificConfig');
  const hasBoxHeader = codecPrivate.length >= 36 && codecPrivate[4] === 0x61 && codecPrivate[5] === 0x6c;
  if (hasBoxHeader) cursor.skip(12);
  const frameLength = cursor.u32();
  cursor.skip(16);
  const sampleRate = cursor.u32();
  if (sampleRate === 0) throw new MalformedMediaError('The ALACSpecificConfig states a sample rate of 0 Hz.');
  return { frameLength, sampleRate };
}

/**
 * Samples a channel in one packet: the first element says so when they are fewer than a whole frame.
 * @returns undefined when the packet does not begin with an audio element.
 * @see Apple's reference decoder, ALACDecoder::Decode
 */
export function alacPacketSamples(packet: Uint8Array, frameLength: number): number | undefined {
  const element = packet[0] === undefined ? 7 : packet[0] >> 5;
  // 0 is a single channel, 1 a pair, 3 a low-frequency channel.
  if (packet.length < 3 || (element !== 0 && element !== 1 && element !== 3)) return undefined;
  // 3 bits of tag, 4 of instance, 12 unused, then the flag for a partial frame, 2 bits of shift and the escape flag.
  const isPartial = (packet[2]! & 0x10) !== 0;
  if (!isPartial) return frameLength;
  if (packet.length < 7) return undefined;
  let samples = 0;
  for (let byte = 2; byte < 6; byte++)
    samples = samples * 256 + (((packet[byte]! << 7) | (packet[byte + 1]! >> 1)) & 0xff);
  return samples > frameLength ? undefined : samples;
}
