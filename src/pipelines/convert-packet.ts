import { LimitExceededError, MalformedMediaError, UnsupportedMediaError } from '../errors.js';

/**
 * Brings an audio packet into MP4's form.
 * @param convert - the track's conversion; undefined where packets are in that form.
 * @param data - the packet.
 * @returns undefined for a packet whose framing is broken: a decoder could make nothing of it.
 */
export function convertPacket(
  convert: ((data: Uint8Array) => Uint8Array) | undefined,
  data: Uint8Array,
): Uint8Array | undefined {
  if (convert === undefined) return data;
  try {
    return convert(data);
  } catch (error) {
    if (
      error instanceof MalformedMediaError ||
      error instanceof UnsupportedMediaError ||
      error instanceof LimitExceededError
    ) {
      return undefined;
    }
    throw error;
  }
}
