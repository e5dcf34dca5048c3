import type { SampleTable } from './sample-table.js';

/**
 * Whether a track's samples stand in the file in the order in which they are decoded, none of them within another: who has
 * got one of them needs nothing any more that is stored before it.
 * @param table - the track's tables.
 */
export function isStoredInOrder(table: SampleTable): boolean {
  const { chunkOffsets, chunkFirstSamples } = table;
  let end = 0;
  for (let chunk = 0; chunk < chunkOffsets.length; chunk++) {
    const offset = chunkOffsets[chunk]!;
    const first = chunkFirstSamples[chunk]!;
    const behind = chunkFirstSamples[chunk + 1]!;
    if (first === behind) continue;
    if (offset < end) return false;
    end = offset + bytesOf(table, first, behind);
  }
  return true;
}

function bytesOf({ sizes, grouping }: SampleTable, first: number, behind: number): number {
  const count = behind - first;
  if (grouping !== undefined) return Math.ceil(count / grouping.blockSamples) * grouping.blockBytes;
  if (sizes.constant > 0) return count * sizes.constant;
  let bytes = 0;
  for (let i = first; i < behind; i++) bytes += sizes.sizes[i]!;
  return bytes;
}
