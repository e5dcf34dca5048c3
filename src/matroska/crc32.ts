import { ID } from './schema.js';

const TABLE = buildTable();

/**
 * Computes the CRC-32 that EBML uses: IEEE 802.3, as zlib does.
 * @see RFC 8794, section 11.3.1
 */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Checks a master element's data against the CRC-32 element that begins it.
 * @param data - the master element's data.
 * @returns true when it agrees, or when there is no CRC-32 element to disagree with.
 * @see RFC 8794, section 11.3.1: it is the first child, and covers all data after it
 */
export function agreesWithCrc32(data: Uint8Array): boolean {
  if (data.length < 6 || data[0] !== ID['CRC-32'] || data[1] !== 0x84) return true;
  const stored = (data[2]! | (data[3]! << 8) | (data[4]! << 16) | (data[5]! << 24)) >>> 0;
  return crc32(data.subarray(6)) === stored;
}

function buildTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[i] = value;
  }
  return table;
}
