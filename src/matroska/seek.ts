import type { IndexEntry } from '../media/media-index.js';
import type { Sample } from '../media/sample.js';
import type { Source } from '../media/source.js';
import { BlockReader } from './block.js';
import { ClusterProbe } from './cluster-probe.js';
import { ClusterReader } from './cluster-reader.js';
import { DamageLog } from '../media/damage-log.js';
import { LIMITS } from './limits.js';
import { QueueReader } from './queue-reader.js';
import type { MatroskaTrack } from './tracks.js';

/** What a search for a time needs to know of the file. */
export interface SeekContext {
  /** A seekable source. */
  readonly source: Source;
  /** Nanoseconds a Segment Tick. */
  readonly timestampScale: number;
  /** Offset of the first Cluster. */
  readonly firstClusterOffset: number;
  /** Offset at which the Segment ends; Infinity when unknown. */
  readonly segmentEnd: number;
  /** Duration, when it is known; makes the first guess better. */
  readonly durationNs: number | undefined;
  /** Ends the search. */
  readonly signal: AbortSignal | undefined;
}

interface Found {
  readonly offset: number;
  readonly timeNs: number;
}

/** Where cues are this far apart, in nanoseconds, a search between them saves reading: half a minute. */
const MAX_CUE_GAP_NS = 30_000_000_000;
/** Cues before the wanted one that are tried when a Cluster is not where a cue says. */
const MAX_CUE_TRIES = 4;
/** A search ends when what is left to search is as small as a read. */
const CLOSE_ENOUGH_BYTES = 1 << 20;
/** Bytes behind a place within which a Cluster is looked for. */
const MAX_PROBE_BYTES = 16 << 20;
/** Largest relative time of a block, in ticks: a signed 16-bit number. */
const MAX_BLOCK_TICKS = 32_768;

/**
 * Finds the Cluster to start at: by the Cues where they are dense and true, else by a search.
 * @param cues - cues of the track, in order of time, where there are any.
 * @param track - the track whose random access points count.
 * @param startNs - the time that is wanted.
 * @returns the Cluster's offset.
 */
export async function findStart(
  context: SeekContext,
  cues: readonly IndexEntry[],
  track: MatroskaTrack,
  startNs: number,
): Promise<number> {
  const byCues = await findByCues(context, cues, startNs);
  if (byCues !== undefined && startNs - byCues.timeNs <= MAX_CUE_GAP_NS) return byCues.offset;
  const bySearch = await findBySearch(context, track, startNs);
  return Math.max(bySearch, byCues?.offset ?? 0);
}

/**
 * Looks the time up in the Cues. A cue is believed only when a Cluster stands where it points, whose Timestamp allows a
 * block of the cue's time.
 */
async function findByCues(
  context: SeekContext,
  cues: readonly IndexEntry[],
  startNs: number,
): Promise<Found | undefined> {
  let last = lastAtOrBefore(cues, startNs);
  for (let tries = 0; last >= 0 && tries < MAX_CUE_TRIES; last--, tries++) {
    const cue = cues[last]!;
    const cluster = await findCluster(context, cue.offset, 0);
    if (cluster === undefined) continue;
    const tolerance = MAX_BLOCK_TICKS * context.timestampScale;
    if (Math.abs(cluster.timeNs - cue.timeNs) <= tolerance) return { ...cluster, timeNs: cue.timeNs };
  }
  return undefined;
}

function lastAtOrBefore(cues: readonly IndexEntry[], timeNs: number): number {
  let low = 0;
  let high = cues.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cues[middle]!.timeNs <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Searches a file without usable Cues: halves the byte range by the Timestamps of the Clusters
 * found in it, then steps back until a random access point of the track stands between there and the wanted time.
 * @returns a Cluster's offset; that of the first when nothing better was found.
 */
async function findBySearch(context: SeekContext, track: MatroskaTrack, startNs: number): Promise<number> {
  const { firstClusterOffset: first, source } = context;
  const end = Math.min(source.size ?? Infinity, context.segmentEnd);
  if (!Number.isFinite(end)) return first;
  let low = first;
  let lowTime = 0;
  let high = end;
  let highTime = context.durationNs;
  for (let probes = 0; high - low > CLOSE_ENOUGH_BYTES && probes < LIMITS.seekProbes; probes++) {
    // A guess by time lands close when the rate is even; halving in turn bounds the number of reads when it is not.
    const share =
      probes % 2 === 0 && highTime !== undefined && highTime > lowTime && startNs > lowTime
        ? Math.min(0.95, Math.max(0.05, (startNs - lowTime) / (highTime - lowTime) - 0.02))
        : 0.5;
    const middle = low + Math.floor((high - low) * share);
    const cluster = await findCluster(context, middle, Math.min(MAX_PROBE_BYTES, high - middle));
    if (cluster === undefined || cluster.offset >= high) {
      high = middle;
    } else if (cluster.timeNs <= startNs) {
      low = cluster.offset;
      lowTime = cluster.timeNs;
    } else {
      high = middle;
      highTime = cluster.timeNs;
    }
  }
  return stepBack(context, track, startNs, low);
}

/** Steps back from a Cluster until a random access point of the track comes at or before the time. */
async function stepBack(
  context: SeekContext,
  track: MatroskaTrack,
  startNs: number,
  from: number,
): Promise<number> {
  const first = context.firstClusterOffset;
  let at = from;
  let step = CLOSE_ENOUGH_BYTES;
  while (at > first && !(await hasSyncSample(context, track, at, startNs))) {
    if (from - at > LIMITS.seekBackBytes) return at;
    const target = Math.max(first, at - step);
    step *= 2;
    if (target === first) return first;
    const cluster = await findCluster(context, target, at - target);
    if (cluster !== undefined && cluster.offset < at) at = cluster.offset;
  }
  return at;
}

/** Whether, from a Cluster on, a random access point of the track is met before the time is passed. */
async function hasSyncSample(
  context: SeekContext,
  track: MatroskaTrack,
  offset: number,
  startNs: number,
): Promise<boolean> {
  const reader = QueueReader.ranges(context.source, offset);
  const unfollow = reader.follow(context.signal);
  try {
    // Frames are looked at for their times alone, so there is no need to restore them.
    const tracks = new Map([[track.track.id, { ...track, frameSteps: [] }]]);
    const blocks = new BlockReader(tracks, context.timestampScale, undefined);
    const clusters = new ClusterReader(reader.queue, context.segmentEnd, blocks, new DamageLog());
    for (let state = 'partial'; state === 'full' || (await reader.fill());) {
      const samples: Sample[] = [];
      state = clusters.read(samples);
      if (samples.some((sample) => sample.isSync && sample.presentationTime <= startNs)) return true;
      if (state === 'done' || clusters.clusterTicks * context.timestampScale > startNs) return false;
      if (reader.queue.offset - offset > LIMITS.seekBackBytes) return false;
    }
    return false;
  } finally {
    unfollow();
    await reader.close();
  }
}

/**
 * Finds the first Cluster at or behind an offset.
 * @param within - bytes behind the offset in which it may begin; 0 for at the offset itself.
 */
async function findCluster(context: SeekContext, offset: number, within: number): Promise<Found | undefined> {
  if (offset < context.firstClusterOffset) return undefined;
  if (context.source.size !== undefined && offset >= context.source.size) return undefined;
  const reader = QueueReader.ranges(context.source, offset);
  const unfollow = reader.follow(context.signal);
  try {
    const probe = new ClusterProbe();
    while (await reader.fill()) {
      const state = within === 0 ? probe.judge(reader.queue, false) : probe.find(reader.queue, false);
      const at = reader.queue.offset;
      if (at - offset > within) return undefined;
      if (state === 'cluster') {
        if (probe.ticks >= 0) return { offset: at, timeNs: probe.ticks * context.timestampScale };
        if (within === 0) return undefined;
        reader.queue.skip(1);
      } else if (state === 'none' && within === 0) {
        return undefined;
      }
    }
    return undefined;
  } finally {
    unfollow();
    await reader.close();
  }
}
