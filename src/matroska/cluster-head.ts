import type { PlaceReader } from './place-reader.js';
import { ID, isClusterChild } from './schema.js';
import { UNKNOWN_SIZE } from './vint.js';

/** What stands before the blocks of a Cluster. */
export interface ClusterHead {
  /** Offset of the Cluster in the source. */
  readonly offset: number;
  /** Offset of its data. */
  readonly dataOffset: number;
  /** Offset at which it ends; Infinity when its size is unknown. */
  readonly end: number;
  /** Its Timestamp in Segment Ticks. */
  readonly ticks: number;
  /** PrevSize: bytes of the whole Cluster before, where it is stated. */
  readonly prevSize: number | undefined;
}

/** Elements before the first block that are looked over. */
const MAX_CHILDREN = 8;

/**
 * Reads the beginning of a Cluster.
 * @param offset - where it should stand.
 * @returns undefined when no Cluster that states a Timestamp before its first block stands there.
 * @see RFC 9559, section 5.1.3
 */
export async function readClusterHead(places: PlaceReader, offset: number): Promise<ClusterHead | undefined> {
  const cluster = await places.headerAt(offset);
  if (cluster?.id !== ID.Cluster) return undefined;
  const dataOffset = offset + cluster.length;
  const end = cluster.size === UNKNOWN_SIZE ? Infinity : dataOffset + cluster.size;
  let ticks: number | undefined;
  let prevSize: number | undefined;
  let at = dataOffset;
  for (let count = 0; count < MAX_CHILDREN && at < end; count++) {
    const child = await places.headerAt(at);
    if (child === undefined || child.size === UNKNOWN_SIZE || !isClusterChild(child.id)) break;
    if (child.id === ID.SimpleBlock || child.id === ID.BlockGroup || at + child.total > end) break;
    const { id, length, size, total } = child;
    if (id === ID.Timestamp) ticks = await readUint(places, at + length, size);
    else if (id === ID.PrevSize) prevSize = await readUint(places, at + length, size);
    at += total;
  }
  return ticks === undefined ? undefined : { offset, dataOffset, end, ticks, prevSize };
}

async function readUint(places: PlaceReader, offset: number, size: number): Promise<number | undefined> {
  if (size > 8) return undefined;
  const queue = await places.goTo(offset, size);
  if (queue.available < size) return undefined;
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + queue.byteAt(i);
  return Number.isSafeInteger(value) ? value : undefined;
}
