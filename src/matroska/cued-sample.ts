import type { IndexEntry } from '../media/media-index.js';
import type { Sample } from '../media/sample.js';
import type { ReadOptions } from '../media/source.js';
import { BlockReader } from './block.js';
import { readClusterHead } from './cluster-head.js';
import { LIMITS } from './limits.js';
import { PlaceReader } from './place-reader.js';
import { ID } from './schema.js';
import type { SegmentAccess } from './segment-access.js';
import { UNKNOWN_SIZE } from './vint.js';

/** What one read fetches at least: the head of a Cluster, or most blocks of text. */
const WINDOW_BYTES = 512;

/**
 * Reads the one sample that an entry of an index points to, whole: two small reads, one for the Cluster's head and one for
 * the block.
 * @returns undefined when no block of the track and of that time stands exactly there.
 * @throws {SourceError} when the source cannot be read.
 * @see RFC 9559, section 5.1.5.1.2.3 (CueRelativePosition)
 */
export async function readCuedSample(
  access: SegmentAccess,
  entry: IndexEntry,
  options: ReadOptions = {},
): Promise<Sample | undefined> {
  const track = access.tracks.get(entry.trackId);
  const { relativePosition } = entry;
  const size = access.source.size ?? Infinity;
  if (track === undefined || relativePosition === undefined) return undefined;
  if (entry.offset < access.firstClusterOffset || entry.offset >= size) return undefined;
  const places = new PlaceReader(access.source, WINDOW_BYTES, options);
  const cluster = await readClusterHead(places, entry.offset);
  const offset = cluster && cluster.dataOffset + relativePosition;
  if (offset === undefined || offset >= Math.min(cluster!.end, size)) return undefined;
  const header = await places.headerAt(offset);
  if (header === undefined || header.size === UNKNOWN_SIZE || header.size > LIMITS.blockBytes)
    return undefined;
  const { id, length, size: bodySize, total } = header;
  const isGroup = id === ID.BlockGroup;
  if ((!isGroup && id !== ID.SimpleBlock) || offset + total > Math.min(cluster!.end, size)) return undefined;
  const queue = await places.goTo(offset + length, bodySize);
  if (queue.available < bodySize) return undefined;
  // A copy: the sample must not keep what else was read alive.
  const body = queue.peek(bodySize).slice();
  const blocks = new BlockReader(new Map([[entry.trackId, track]]), access.timestampScale, access.inflate);
  const samples: Sample[] = [];
  if (isGroup) blocks.readBlockGroup(body, offset, cluster!.ticks, samples);
  else blocks.readSimpleBlock(body, offset, cluster!.ticks, samples);
  const [sample] = samples;
  if (sample === undefined || Math.abs(sample.presentationTime - entry.timeNs) > access.timestampScale) {
    return undefined;
  }
  return sample;
}
