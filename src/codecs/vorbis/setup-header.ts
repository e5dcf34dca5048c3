import { MalformedMediaError } from '../../errors.js';
import { LsbBitReader } from './lsb-bit-reader.js';

/**
 * Reads blockflag of each mode from a setup header. The modes stand at its end and nothing gives an offset, so all
 * that precedes them is parsed for its length.
 * @param packet - the setup header, packet type and magic included.
 * @param channels - from the identification header.
 * @returns for each mode, whether its packets are long blocks.
 * @throws {MalformedMediaError} when it is cut off or breaks the format.
 * @see Vorbis I specification, section 4.2.4
 */
export function parseVorbisModes(packet: Uint8Array, channels: number): readonly boolean[] {
  const reader = new LsbBitReader(packet);
  reader.skip(7 * 8); // packet type and "vorbis"
  repeat(reader.bits(8) + 1, () => skipCodebook(reader));
  repeat(reader.bits(6) + 1, () => reader.skip(16)); // time domain transforms: placeholders
  repeat(reader.bits(6) + 1, () => skipFloor(reader));
  repeat(reader.bits(6) + 1, () => skipResidue(reader));
  repeat(reader.bits(6) + 1, () => skipMapping(reader, channels));
  const modes = reader.bits(6) + 1;
  return Array.from({ length: modes }, () => {
    const isLong = reader.flag();
    reader.skip(16 + 16 + 8); // windowtype, transformtype, mapping
    return isLong;
  });
}

function repeat(count: number, body: () => void): void {
  for (let i = 0; i < count; i++) body();
}

/** @see Vorbis I specification, section 3.2.1 */
function skipCodebook(reader: LsbBitReader): void {
  if (reader.bits(24) !== 0x564342) throw malformed('a codebook lacks its sync pattern');
  const dimensions = reader.bits(16);
  const entries = reader.bits(24);
  const isOrdered = reader.flag();
  if (isOrdered) {
    reader.skip(5);
    for (let entry = 0; entry < entries;) {
      const count = reader.bits(bitLength(entries - entry));
      entry += count;
      if (entry > entries) throw malformed('a codebook has more code lengths than entries');
      // A run of none is legal, but consumes bits, so that the loop ends with the packet at the latest.
    }
  } else {
    const isSparse = reader.flag();
    if (entries > reader.remaining) throw malformed('a codebook has more entries than the header has bits');
    for (let entry = 0; entry < entries; entry++) {
      if (!isSparse || reader.flag()) reader.skip(5);
    }
  }
  const lookup = reader.bits(4);
  if (lookup > 2) throw malformed(`a codebook has the unknown lookup type ${lookup}`);
  if (lookup === 0) return;
  reader.skip(64); // minimum, delta
  const valueBits = reader.bits(4) + 1;
  reader.skip(1); // sequence_p
  const values = lookup === 1 ? lookup1Values(entries, dimensions) : entries * dimensions;
  reader.skip(values * valueBits);
}

/** The greatest integer whose `dimensions`-th power is not above `entries`. Section 9.2.3. */
function lookup1Values(entries: number, dimensions: number): number {
  if (dimensions === 0) return 0;
  let values = Math.floor(entries ** (1 / dimensions));
  // The root in floating point may be off by one in either direction.
  while ((values + 1) ** dimensions <= entries) values++;
  while (values > 0 && values ** dimensions > entries) values--;
  return values;
}

/** @see Vorbis I specification, sections 6.2.1 and 7.2.2 */
function skipFloor(reader: LsbBitReader): void {
  const type = reader.bits(16);
  if (type === 0) {
    reader.skip(8 + 16 + 16 + 6 + 8);
    reader.skip(8 * (reader.bits(4) + 1));
    return;
  }
  if (type !== 1) throw malformed(`a floor has the unknown type ${type}`);
  const partitions = reader.bits(5);
  const classOf: number[] = [];
  repeat(partitions, () => classOf.push(reader.bits(4)));
  const dimensions: number[] = [];
  repeat(Math.max(-1, ...classOf) + 1, () => {
    dimensions.push(reader.bits(3) + 1);
    const subclassBits = reader.bits(2);
    if (subclassBits > 0) reader.skip(8);
    reader.skip(8 * (1 << subclassBits));
  });
  reader.skip(2); // multiplier
  const rangeBits = reader.bits(4);
  for (const partition of classOf) reader.skip(rangeBits * dimensions[partition]!);
}

/** @see Vorbis I specification, section 8.6.1 */
function skipResidue(reader: LsbBitReader): void {
  const type = reader.bits(16);
  if (type > 2) throw malformed(`a residue has the unknown type ${type}`);
  reader.skip(24 * 3); // begin, end, partition size
  const classifications = reader.bits(6) + 1;
  reader.skip(8); // classbook
  let books = 0;
  repeat(classifications, () => {
    const low = reader.bits(3);
    const cascade = (reader.flag() ? reader.bits(5) << 3 : 0) | low;
    for (let bit = 0; bit < 8; bit++) books += (cascade >> bit) & 1;
  });
  reader.skip(8 * books);
}

/** @see Vorbis I specification, section 4.2.4 */
function skipMapping(reader: LsbBitReader, channels: number): void {
  const type = reader.bits(16);
  if (type !== 0) throw malformed(`a mapping has the unknown type ${type}`);
  const submaps = reader.flag() ? reader.bits(4) + 1 : 1;
  if (reader.flag()) {
    const steps = reader.bits(8) + 1;
    reader.skip(steps * 2 * bitLength(channels - 1));
  }
  reader.skip(2); // reserved
  if (submaps > 1) reader.skip(4 * channels);
  reader.skip(24 * submaps);
}

/** ilog: bits that the value needs; 0 for 0. Section 9.2.1. */
function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

function malformed(fault: string): MalformedMediaError {
  return new MalformedMediaError(`In the Vorbis setup header ${fault}.`, {
    context: { spec: 'Vorbis I specification, section 4.2.4' },
  });
}
