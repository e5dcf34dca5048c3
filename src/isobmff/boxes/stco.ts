import { openFullBox, readEntryCount, readUint32s, type BoxView } from '../box-view.js';
import { fullBox, type Box } from '../box.js';

/**
 * ChunkOffsetBox, empty: the samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.7.5
 */
export function buildStco(): Box {
  return fullBox('stco', 0, 0, 4, (writer) => writer.zeros(4));
}

/**
 * Parses a ChunkOffsetBox or a ChunkLargeOffsetBox.
 * @returns byte offsets of the chunks in the source.
 * @throws {MalformedMediaError} when it is too small for its entries, or an offset passes 2^53.
 * @see ISO/IEC 14496-12 - 8.7.5
 */
export function parseStco(box: BoxView): Float64Array {
  const { cursor } = openFullBox(box);
  const isLarge = box.type === 'co64';
  const count = readEntryCount(cursor, isLarge ? 8 : 4);
  if (!isLarge) return new Float64Array(readUint32s(cursor, count));
  const offsets = new Float64Array(count);
  for (let i = 0; i < count; i++) offsets[i] = cursor.u64();
  return offsets;
}
