import type { IndexEntry } from '../media/media-index.js';
import type { Sample } from '../media/sample.js';
import type { ReadOptions } from '../media/source.js';
import { BlockReader } from './block.js';
import { type ClusterHead, readClusterHead } from './cluster-head.js';
import { LIMITS } from './limits.js';
import { PlaceReader } from './place-reader.js';
import { ID, isClusterChild } from './schema.js';
import type { SegmentAccess } from './segment-access.js';
import type { MatroskaTrack } from './tracks.js';
import { parseVint, UNKNOWN_SIZE, vintLength } from './vint.js';

/** Options of {@link probeKeyframe}. */
export interface ProbeOptions extends ReadOptions {
  /** Bytes of the sample that are wanted; 2 KiB by default, which the first NAL units seldom exceed. */
  readonly headBytes?: number | undefined;
}

/**
 * What stands where an index entry points to.
 *
 * `found`: a random access point of the track, of the time that the entry states to within a Segment Tick. `other`: none
 * of that time, but this one, the track's first in that Cluster. `dependent`: a sample of that time, which is no random
 * access point. `nothing`: no Cluster, or none that holds a random access point of the track.
 */
export type KeyframeProbe =
  | {
      readonly kind: 'found' | 'other';
      /** The sample; its `data` may be cut short to the bytes that were asked for, and is a view. */
      readonly sample: Sample;
      /** Whether `data` was cut short. */
      readonly isCut: boolean;
    }
  | { readonly kind: 'dependent' | 'nothing' };

/** A block of the wanted track, by its first bytes. */
interface BlockHead {
  /** Offset of the element, SimpleBlock or BlockGroup. */
  readonly offset: number;
  /** Offset of the block's data: the track number and what follows. */
  readonly bodyOffset: number;
  /** Offset at which the block's data ends. */
  readonly bodyEnd: number;
  /** Offset at which the element ends. */
  readonly end: number;
  /** The first bytes of the block's data. */
  readonly head: Uint8Array;
  /** Whether it is a SimpleBlock. */
  readonly isSimple: boolean;
}

const DEFAULT_HEAD_BYTES = 2048;
/** Bytes that the beginning of a Cluster and the headers of a block take together. */
const CLUSTER_HEAD_BYTES = 64;
/** Up to this many bytes between the beginning of the Cluster and the block are read along, to read but once. */
const MAX_BETWEEN = 16 << 10;
/** Track number of at most eight bytes, two of time, one of flags. */
const BLOCK_HEADER_BYTES = 11;
/** Children of one Cluster, and of one BlockGroup, that a probe goes over. */
const MAX_BLOCKS = 20_000;
const MAX_GROUP_CHILDREN = 16;
const LACING_FLAGS = 0x06;
const KEY_FLAG = 0x80;

/**
 * Looks what stands where an index entry points to, and reads as little as that takes: a read or two where the entry
 * tells the block's place, and else the headers of the blocks before it.
 * @throws {SourceError} when the source cannot be read.
 */
export async function probeKeyframe(
  access: SegmentAccess,
  entry: IndexEntry,
  options: ProbeOptions = {},
): Promise<KeyframeProbe> {
  const track = access.tracks.get(entry.trackId);
  const size = access.source.size ?? Infinity;
  if (track === undefined || entry.offset < access.firstClusterOffset || entry.offset >= size) {
    return { kind: 'nothing' };
  }
  const headBytes = options.headBytes ?? DEFAULT_HEAD_BYTES;
  const { relativePosition = 0 } = entry;
  const between = relativePosition <= MAX_BETWEEN ? relativePosition : 0;
  const places = new PlaceReader(access.source, CLUSTER_HEAD_BYTES + between + headBytes, options);
  const cluster = await readClusterHead(places, entry.offset);
  if (cluster === undefined) return { kind: 'nothing' };
  return new ClusterLook(access, track, places, cluster, headBytes).look(entry);
}

/** A look into one Cluster for one sample of one track. */
class ClusterLook {
  readonly #access: SegmentAccess;
  readonly #track: MatroskaTrack;
  readonly #places: PlaceReader;
  readonly #cluster: ClusterHead;
  readonly #headBytes: number;
  readonly #blocks: BlockReader;

  constructor(
    access: SegmentAccess,
    track: MatroskaTrack,
    places: PlaceReader,
    cluster: ClusterHead,
    headBytes: number,
  ) {
    this.#access = access;
    this.#track = track;
    this.#places = places;
    this.#cluster = cluster;
    this.#headBytes = headBytes;
    this.#blocks = new BlockReader(new Map([[track.track.id, track]]), access.timestampScale, access.inflate);
  }

  async look(entry: IndexEntry): Promise<KeyframeProbe> {
    const { dataOffset, end } = this.#cluster;
    const { relativePosition } = entry;
    if (relativePosition !== undefined && dataOffset + relativePosition < end) {
      const block = await this.#blockAt(dataOffset + relativePosition);
      if (typeof block === 'object' && this.#isOfTime(block, entry.timeNs) && (await this.#isSync(block))) {
        const probe = await this.#read(block, 'found');
        if (probe !== undefined) return probe;
      }
    }
    return this.#walk(entry.timeNs);
  }

  /** Goes over the Cluster's blocks by their headers. */
  async #walk(timeNs: number): Promise<KeyframeProbe> {
    let at = this.#cluster.dataOffset;
    let other: BlockHead | undefined;
    let kind: 'dependent' | 'nothing' = 'nothing';
    for (let count = 0; count < MAX_BLOCKS && at < this.#cluster.end; count++) {
      const block = await this.#blockAt(at);
      if (block === undefined) break;
      if (typeof block === 'number') {
        at = block;
        continue;
      }
      at = block.end;
      const isOfTime = this.#isOfTime(block, timeNs);
      if (other !== undefined && !isOfTime) continue;
      const isSync = await this.#isSync(block);
      if (isOfTime && !isSync) kind = 'dependent';
      if (isOfTime && isSync) {
        const probe = await this.#read(block, 'found');
        if (probe !== undefined) return probe;
      }
      if (isSync) other ??= block;
    }
    if (kind === 'dependent') return { kind };
    return (other && (await this.#read(other, 'other'))) ?? { kind };
  }

  /**
   * Reads the head of the block at a place.
   * @returns where the element ends, when it is no block of the track; undefined when the Cluster's blocks end there.
   */
  async #blockAt(offset: number): Promise<BlockHead | number | undefined> {
    const header = await this.#places.headerAt(offset);
    if (header === undefined || header.size === UNKNOWN_SIZE || !isClusterChild(header.id)) return undefined;
    const end = offset + header.total;
    if (end > this.#cluster.end) return undefined;
    const isSimple = header.id === ID.SimpleBlock;
    if (!isSimple && header.id !== ID.BlockGroup) return end;
    const body = isSimple
      ? { at: offset + header.length, end }
      : await this.#blockOfGroup(offset + header.length, end);
    if (body === undefined) return end;
    const queue = await this.#places.goTo(body.at, Math.min(BLOCK_HEADER_BYTES, body.end - body.at));
    const head = queue.peek(Math.min(BLOCK_HEADER_BYTES, body.end - body.at, queue.available)).slice();
    const numberLength = vintLength(head[0] ?? 0);
    if (numberLength > 8 || head.length < numberLength + 3) return end;
    if (parseVint(head, 0, numberLength) !== this.#track.track.id) return end;
    return { offset, bodyOffset: body.at, bodyEnd: body.end, end, head, isSimple };
  }

  /** Finds the Block of a BlockGroup. */
  async #blockOfGroup(from: number, end: number): Promise<{ at: number; end: number } | undefined> {
    let at = from;
    for (let count = 0; count < MAX_GROUP_CHILDREN && at < end; count++) {
      const child = await this.#places.headerAt(at);
      if (child === undefined || child.size === UNKNOWN_SIZE || at + child.total > end) return undefined;
      if (child.id === ID.Block) return { at: at + child.length, end: at + child.total };
      at += child.total;
    }
    return undefined;
  }

  #isOfTime(block: BlockHead, timeNs: number): boolean {
    const { timestampScale } = this.#access;
    const blockTime = this.#blocks.blockTime(block.head, this.#cluster.ticks);
    return blockTime !== undefined && Math.abs(blockTime - timeNs) <= timestampScale;
  }

  async #isSync(block: BlockHead): Promise<boolean> {
    if (this.#track.isAlwaysSync) return true;
    if (block.isSimple) return (block.head[vintLength(block.head[0]!) + 2]! & KEY_FLAG) !== 0;
    // Most writers put ReferenceBlock behind the Block.
    for (const from of [block.bodyEnd, block.offset]) {
      let at = from === block.offset ? from + (await this.#places.headerAt(from))!.length : from;
      const end = from === block.offset ? block.bodyOffset : block.end;
      for (let count = 0; count < MAX_GROUP_CHILDREN && at < end; count++) {
        const child = await this.#places.headerAt(at);
        if (child === undefined || child.size === UNKNOWN_SIZE) break;
        if (child.id === ID.ReferenceBlock) return false;
        at += child.total;
      }
    }
    return true;
  }

  /** Reads as much of a block as is wanted; all of it where a part means nothing. */
  async #read(block: BlockHead, kind: 'found' | 'other'): Promise<KeyframeProbe | undefined> {
    const total = block.bodyEnd - block.bodyOffset;
    const isLaced = (block.head[vintLength(block.head[0]!) + 2]! & LACING_FLAGS) !== 0;
    const needsWhole = isLaced || this.#track.frameSteps.some((step) => step.kind !== 'prepend');
    if (needsWhole && total > LIMITS.blockBytes) return undefined;
    const wanted = needsWhole ? total : Math.min(total, this.#headBytes);
    const queue = await this.#places.goTo(block.bodyOffset, wanted);
    const body = queue.peek(Math.min(wanted, queue.available));
    const samples: Sample[] = [];
    this.#blocks.copiedBytes = 0;
    this.#blocks.readBlock(body, true, block.offset, this.#cluster.ticks, samples);
    return samples[0] && { kind, sample: samples[0], isCut: body.length < total };
  }
}
