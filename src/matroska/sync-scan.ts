import type { Sample } from '../media/sample.js';
import type { ReadOptions } from '../media/source.js';
import { BlockReader } from './block.js';
import { ClusterReader } from './cluster-reader.js';
import { DamageLog } from '../media/damage-log.js';
import { QueueReader } from './queue-reader.js';
import type { SegmentAccess } from './segment-access.js';

/** What of a source a scan reads. */
export interface ScanOptions extends ReadOptions {
  /** Offset of the Cluster to begin at; the first by default. */
  readonly startOffset?: number | undefined;
  /** Clusters that begin at or behind this offset are not read; the end of the Segment by default. */
  readonly endOffset?: number | undefined;
}

/** A sample that the container calls a random access point, and where it was found. */
export interface SyncSample {
  /** Offset of the Cluster that holds it. */
  readonly clusterOffset: number;
  /** The sample; its `data` is a view that is valid as long as it is kept. */
  readonly sample: Sample;
}

/**
 * Reads Clusters one after another, for the random access points of one track. Holds no more than what was read at once.
 * What cannot be read is passed over.
 * @throws {SourceError} when the source cannot be read.
 */
export async function* scanSyncSamples(
  access: SegmentAccess,
  trackId: number,
  options: ScanOptions = {},
): AsyncGenerator<readonly SyncSample[], void, undefined> {
  const track = access.tracks.get(trackId);
  if (track === undefined) return;
  const { startOffset = access.firstClusterOffset, endOffset = Infinity } = options;
  const end = Math.min(endOffset, access.source.size ?? Infinity);
  const reader = QueueReader.stream(access.source, startOffset, Number.isFinite(end) ? end : undefined);
  const unfollow = reader.follow(options.signal);
  try {
    const blocks = new BlockReader(new Map([[trackId, track]]), access.timestampScale, access.inflate);
    const entered: number[] = [];
    const clusters = new ClusterReader(reader.queue, access.segmentEnd, blocks, new DamageLog(), entered);
    for (let isEnded = false; !isEnded;) {
      const batch: Sample[] = [];
      const state = clusters.read(batch);
      if (state === 'partial' && !(await reader.fill())) {
        clusters.finish(batch);
        isEnded = true;
      }
      if (state === 'done' || entered.some((offset) => offset >= endOffset)) isEnded = true;
      const found = locate(batch, entered).filter(({ clusterOffset }) => clusterOffset < endOffset);
      if (found.length > 0) yield found;
      // Further samples may come from the Cluster that is open.
      if (entered.length > 1) entered.splice(0, entered.length - 1);
    }
  } finally {
    unfollow();
    await reader.close();
  }
}

/** Picks the random access points, with the Cluster that each stands in. Both lists are in stored order. */
function locate(samples: readonly Sample[], clusters: readonly number[]): SyncSample[] {
  const found: SyncSample[] = [];
  let open = 0;
  for (const sample of samples) {
    while (open + 1 < clusters.length && clusters[open + 1]! <= sample.offset) open++;
    const clusterOffset = clusters[open];
    if (sample.isSync && clusterOffset !== undefined) found.push({ clusterOffset, sample });
  }
  return found;
}
