import { openFullBox, readEntryCount, readUint32s, type BoxView } from '../box-view.js';
import { fullBox, type Box } from '../box.js';

/**
 * SampleSizeBox, empty: the samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.7.3.2
 */
export function buildStsz(): Box {
  return fullBox('stsz', 0, 0, 8, (writer) => writer.zeros(8));
}

/** Sizes of a track's samples. */
export interface SampleSizes {
  /** Number of samples. */
  readonly count: number;
  /** Size of every sample in bytes; 0 when they differ. */
  readonly constant: number;
  /** Size of each sample in bytes; empty when they are all of the same. */
  readonly sizes: Uint32Array;
}

/**
 * Parses a SampleSizeBox or a CompactSampleSizeBox.
 * @throws {MalformedMediaError} when it is too small for its entries, or has a field size that does not exist.
 * @see ISO/IEC 14496-12 - 8.7.3.2 and 8.7.3.3
 */
export function parseStsz(box: BoxView): SampleSizes {
  const { cursor } = openFullBox(box);
  if (box.type === 'stsz') {
    const constant = cursor.u32();
    if (constant !== 0) return { count: cursor.u32(), constant, sizes: new Uint32Array(0) };
    const count = readEntryCount(cursor, 4);
    return { count, constant, sizes: readUint32s(cursor, count) };
  }
  cursor.skip(3);
  const bits = cursor.u8();
  if (bits !== 4 && bits !== 8 && bits !== 16) throw cursor.malformed(`has fields of ${bits} bits`);
  const count = readEntryCount(cursor, bits / 8);
  const sizes = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    if (bits === 16) sizes[i] = cursor.u16();
    else if (bits === 8) sizes[i] = cursor.u8();
    else {
      const pair = cursor.u8();
      sizes[i] = pair >> 4;
      if (++i < count) sizes[i] = pair & 15;
    }
  }
  return { count, constant: 0, sizes };
}
