import { inflateSync } from 'node:zlib';
import { LimitExceededError, MalformedMediaError } from '../errors.js';

/**
 * Undoes zlib compression: what the Matroska room, which knows no platform, is given.
 * @param data - a zlib stream.
 * @param maxBytes - the most that may come out.
 * @throws {LimitExceededError} when more would come out.
 * @throws {MalformedMediaError} when it is no zlib stream.
 * @see RFC 1950; RFC 9559, section 5.1.4.1.31.6
 */
export function inflate(data: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return inflateSync(data, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new LimitExceededError(`A compressed frame is larger than ${maxBytes} bytes.`, { cause });
    }
    throw new MalformedMediaError('A compressed frame is no zlib stream.', { cause });
  }
}
