import { BitReader } from '../../bytes/bit-reader.js';
import { ByteCursor } from '../../bytes/cursor.js';
import type { ContentLight, MasteringDisplay } from '../../media/track.js';

/** SEI payload types that H.264 and HEVC share. */
export const seiPayloadType = {
  /** user_data_unregistered. */
  userDataUnregistered: 5,
  /** recovery_point. */
  recoveryPoint: 6,
  /** mastering_display_colour_volume. */
  masteringDisplay: 137,
  /** content_light_level_info. */
  contentLight: 144,
} as const;

/**
 * Views the first SEI message of one type.
 * @param rbsp - what follows the NAL unit header, without emulation prevention bytes.
 * @param type - payloadType that is wanted.
 * @returns its payload, sharing memory with `rbsp`; undefined when there is none. A message that is cut off ends the search.
 * @see ITU-T H.264, section 7.3.2.3.1; ITU-T H.265, section 7.3.5
 */
export function viewSeiPayload(rbsp: Uint8Array, type: number): Uint8Array | undefined {
  let at = 0;
  // The last byte is the RBSP trailing bits; two bytes are the shortest message.
  while (at + 2 <= rbsp.length) {
    let payloadType = 0;
    while (rbsp[at] === 0xff) {
      payloadType += 255;
      at++;
    }
    payloadType += rbsp[at++] ?? 0;
    let size = 0;
    while (rbsp[at] === 0xff) {
      size += 255;
      at++;
    }
    size += rbsp[at++] ?? 0;
    if (size > rbsp.length - at) return undefined;
    if (payloadType === type) return rbsp.subarray(at, at + size);
    at += size;
  }
  return undefined;
}

/**
 * Parses a mastering_display_colour_volume message.
 * @throws {MalformedMediaError} when it is shorter than 24 bytes.
 * @see ITU-T H.265, section D.2.28 and D.3.28
 */
export function parseMasteringDisplay(payload: Uint8Array): MasteringDisplay {
  const cursor = new ByteCursor(payload, 'SEI mastering_display_colour_volume');
  const point = (): [number, number] => {
    const x = cursor.u16() / 50000;
    return [x, cursor.u16() / 50000];
  };
  // The order in the bitstream is green, blue, red.
  const green = point();
  const blue = point();
  const red = point();
  const white = point();
  const maxLuminance = cursor.u32() / 10000;
  return { red, green, blue, white, maxLuminance, minLuminance: cursor.u32() / 10000 };
}

/**
 * Parses a content_light_level_info message.
 * @throws {MalformedMediaError} when it is shorter than 4 bytes.
 * @see ITU-T H.265, section D.2.35
 */
export function parseContentLight(payload: Uint8Array): ContentLight {
  const cursor = new ByteCursor(payload, 'SEI content_light_level_info');
  const maxCll = cursor.u16();
  return { maxCll, maxFall: cursor.u16() };
}

/**
 * Reads recovery_frame_cnt of a recovery point message: frames that must be decoded before the output is right.
 * @throws {MalformedMediaError} when the message is cut off.
 * @see ITU-T H.264, section D.2.8
 */
export function parseRecoveryFrameCount(payload: Uint8Array): number {
  return new BitReader(payload, 'SEI recovery_point').ue();
}
