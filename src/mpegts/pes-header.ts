import type { PesStamp } from './elementary-stream.js';

/** The header of a PES packet. */
export interface PesHeader {
  /** Bytes of it, from the start code on. */
  readonly headerBytes: number;
  /** Bytes of payload; undefined when the packet lasts until the next one begins. */
  readonly payloadBytes: number | undefined;
  /** Presentation time in 90 kHz. */
  readonly pts: number | undefined;
  /** Decode time: that of presentation where only that is stated. */
  readonly dts: PesStamp['dts'];
}

/** The longest header that there is. */
export const mostHeaderBytes = 9 + 255;

/** stream_id of packets without the fields of a header. ISO/IEC 13818-1, section 2.4.3.7. */
const bareStreamIds: ReadonlySet<number> = new Set([0xbc, 0xbe, 0xbf, 0xf0, 0xf1, 0xf2, 0xf8, 0xff]);

/**
 * Parses the header of a PES packet.
 * @param bytes - where it stands.
 * @param at - position of its start code.
 * @param end - position behind the bytes that are there.
 * @returns `short` when more of it must come; undefined when there is none, or its packet carries no stream.
 * @see ISO/IEC 13818-1, section 2.4.3.6
 */
export function parsePesHeader(bytes: Uint8Array, at: number, end: number): PesHeader | 'short' | undefined {
  if (end - at < 9) return isStartCode(bytes, at, end) ? 'short' : undefined;
  if (!isStartCode(bytes, at, end) || bareStreamIds.has(bytes[at + 3]!)) return undefined;
  // The first two bits tell MPEG-2 from MPEG-1, which no transport stream carries.
  if (bytes[at + 6]! >> 6 !== 2) return undefined;
  const headerBytes = 9 + bytes[at + 8]!;
  if (end - at < headerBytes) return 'short';
  const length = (bytes[at + 4]! << 8) | bytes[at + 5]!;
  const flags = bytes[at + 7]! >> 6;
  const pts = flags >= 2 && headerBytes >= 14 ? timeAt(bytes, at + 9) : undefined;
  const dts = flags === 3 && headerBytes >= 19 ? timeAt(bytes, at + 14) : pts;
  const payloadBytes = length === 0 ? undefined : Math.max(0, length + 6 - headerBytes);
  return { headerBytes, payloadBytes, pts, dts };
}

function isStartCode(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    (at >= end || bytes[at] === 0) &&
    (at + 1 >= end || bytes[at + 1] === 0) &&
    (at + 2 >= end || bytes[at + 2] === 1)
  );
}

/** 33 bits in five bytes. */
function timeAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! >> 1) & 7) * 2 ** 30 +
    ((bytes[at + 1]! << 22) | ((bytes[at + 2]! >> 1) << 15) | (bytes[at + 3]! << 7) | (bytes[at + 4]! >> 1))
  );
}
