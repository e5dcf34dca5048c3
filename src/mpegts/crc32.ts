const table = buildTable();

/**
 * Computes the CRC-32 of MPEG-2 systems over a whole section, its own CRC included.
 * @returns 0 where the section is as it was written.
 * @see ISO/IEC 13818-1, annex A
 */
export function sectionCrc32(section: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of section) crc = table[(crc >>> 24) ^ byte]! ^ (crc << 8);
  return crc >>> 0;
}

/** Most significant bit first, unlike the CRC-32 of zlib. */
function buildTable(): Uint32Array {
  const entries = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let value = i << 24;
    for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
    entries[i] = value;
  }
  return entries;
}
