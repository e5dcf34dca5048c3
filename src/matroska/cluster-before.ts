import type { ReadOptions } from '../media/source.js';
import { readClusterHead } from './cluster-head.js';
import { LIMITS } from './limits.js';
import { PlaceReader } from './place-reader.js';
import { ID, isClusterChild, isSegmentChild } from './schema.js';
import type { SegmentAccess } from './segment-access.js';
import { UNKNOWN_SIZE } from './vint.js';

/** Bytes of a look at one place. */
const LOOK_BYTES = 1024;
/** First and largest read of a search backwards. */
const FIRST_WINDOW = 64 << 10;
const LARGEST_WINDOW = 1 << 20;
/** Elements that are gone over between a Cluster and the place that it should lead to. */
const MAX_ELEMENTS = 100_000;
/** Bytes of an ID of a Cluster, less one: what a window repeats of the one behind it. */
const ID_OVERLAP = 3;

/**
 * Finds the Cluster before another: by its PrevSize, where a Cluster stands there that ends where this one begins, and
 * else by a search backwards for one that leads here.
 * @param offset - where a Cluster begins, or any other place that a Cluster ends at.
 * @returns its offset; undefined when there is none, or none within a bounded distance.
 * @throws {SourceError} when the source cannot be read.
 * @see RFC 9559, section 5.1.3.3 (PrevSize)
 */
export async function findClusterBefore(
  access: SegmentAccess,
  offset: number,
  options: ReadOptions = {},
): Promise<number | undefined> {
  const { firstClusterOffset: first, source } = access;
  const until = Math.min(offset, source.size ?? offset);
  if (until <= first) return undefined;
  const places = new PlaceReader(source, LOOK_BYTES, options);
  const head = await readClusterHead(places, until);
  const byPrevSize = until - (head?.prevSize ?? 0);
  if (byPrevSize < until && byPrevSize >= first && (await leadsTo(places, byPrevSize, until))) {
    return byPrevSize;
  }
  return searchBackwards(access, until, options);
}

async function searchBackwards(
  access: SegmentAccess,
  until: number,
  options: ReadOptions,
): Promise<number | undefined> {
  const { firstClusterOffset: first, source } = access;
  const places = new PlaceReader(source, LOOK_BYTES, options);
  const floor = Math.max(first, until - LIMITS.seekBackBytes);
  let closest: number | undefined;
  let windowBytes = FIRST_WINDOW;
  for (let end = until; end > floor; windowBytes = Math.min(2 * windowBytes, LARGEST_WINDOW)) {
    const start = Math.max(floor, end - windowBytes);
    // An ID that straddles two windows is found in the earlier one.
    const bytes = await source.read(start, Math.min(end + ID_OVERLAP, until) - start, options);
    for (const at of clusterIdsBackwards(bytes, end - start)) {
      const candidate = start + at;
      if ((await readClusterHead(places, candidate)) === undefined) continue;
      if (await leadsTo(places, candidate, until)) return candidate;
      closest ??= candidate;
    }
    end = start;
  }
  // Between damage and the place nothing leads there; the nearest that begins like a Cluster is the best there is.
  return closest;
}

function* clusterIdsBackwards(bytes: Uint8Array, below: number): Generator<number> {
  for (let at = bytes.lastIndexOf(ID.Cluster >>> 24, below - 1); at >= 0;) {
    const isId =
      bytes[at + 1] === ((ID.Cluster >>> 16) & 0xff) &&
      bytes[at + 2] === ((ID.Cluster >>> 8) & 0xff) &&
      bytes[at + 3] === (ID.Cluster & 0xff);
    if (isId) yield at;
    if (at === 0) return;
    at = bytes.lastIndexOf(ID.Cluster >>> 24, at - 1);
  }
}

/** Whether, from a Cluster on, element follows element up to a place, with no other Cluster among them. */
async function leadsTo(places: PlaceReader, cluster: number, until: number): Promise<boolean> {
  const header = await places.headerAt(cluster);
  if (header?.id !== ID.Cluster) return false;
  const isOpen = header.size === UNKNOWN_SIZE;
  let at = isOpen ? cluster + header.length : cluster + header.total;
  for (let count = 0; count < MAX_ELEMENTS && at < until; count++) {
    const next = await places.headerAt(at);
    if (next === undefined || next.size === UNKNOWN_SIZE || next.id === ID.Cluster) return false;
    const belongs =
      isSegmentChild(next.id) ||
      next.id === ID.Void ||
      next.id === ID['CRC-32'] ||
      (isOpen && isClusterChild(next.id));
    if (!belongs) return false;
    at += next.total;
  }
  return at === until;
}
