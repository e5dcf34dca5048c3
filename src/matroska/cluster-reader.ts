import type { Sample } from '../media/sample.js';
import type { BlockReader } from './block.js';
import { blockAhead, GROUP_PEEK_BYTES, trackNumberAhead } from './block-peek.js';
import type { ByteQueue } from './byte-queue.js';
import { ClusterProbe } from './cluster-probe.js';
import type { DamageLog } from '../media/damage-log.js';
import { ElementHeader } from './element-header.js';
import { LIMITS } from './limits.js';
import { elementName, ID, isClusterChild, isSegmentChild, isTopLevel } from './schema.js';
import { UNKNOWN_SIZE } from './vint.js';

/** No Cluster is open: what follows stands in the Segment itself. */
const OUTSIDE = -1;
/** The Cluster has not stated its Timestamp yet. */
const NO_TICKS = -1;

/**
 * Walks over Clusters and takes the samples out of their blocks. It works on the bytes that a queue holds, takes all
 * that is whole, stops anywhere, and goes on when more bytes have come: nothing is awaited in here.
 *
 * What it cannot read it passes over up to the next Cluster, and says so in the damage log.
 * @see RFC 9559, sections 5.1.3 and 25
 */
export class ClusterReader {
  readonly #queue: ByteQueue;
  readonly #blocks: BlockReader;
  readonly #damage: DamageLog;
  readonly #entered: number[] | undefined;
  readonly #header = new ElementHeader();
  readonly #next = new ElementHeader();
  readonly #probe = new ClusterProbe();
  #segmentEnd: number;
  /** Where the open Cluster ends, Infinity when its size is unknown, or OUTSIDE. */
  #clusterEnd = OUTSIDE;
  #ticks = NO_TICKS;
  /** A Cluster was entered, and nothing unreadable came since. */
  #hasCluster = false;
  /** Bytes without which another try is in vain. */
  #needed = 1;
  #resyncFrom = -1;
  #resyncReason = '';
  #isAtEnd = false;
  #isDone = false;

  /**
   * @param queue - its front is at a Cluster or at another child of the Segment.
   * @param segmentEnd - offset at which the Segment ends; Infinity when its size is unknown.
   * @param entered - takes the offset of each Cluster that is entered; the caller's to empty.
   */
  constructor(
    queue: ByteQueue,
    segmentEnd: number,
    blocks: BlockReader,
    damage: DamageLog,
    entered?: number[],
  ) {
    this.#queue = queue;
    this.#segmentEnd = segmentEnd;
    this.#blocks = blocks;
    this.#damage = damage;
    this.#entered = entered;
  }

  /** Timestamp of the open Cluster in Segment Ticks; -1 when none is known. */
  get clusterTicks(): number {
    return this.#ticks;
  }

  /**
   * Reads all that is whole, up to a full batch.
   * @param out - takes the samples, in stored order.
   * @returns what it stopped for: a full batch, more bytes, or the end of the Segment.
   */
  read(out: Sample[]): 'full' | 'partial' | 'done' {
    this.#blocks.copiedBytes = 0;
    while (!this.#isDone && this.#queue.available >= this.#needed) {
      if (this.#isFull(out) && !this.#isAtEnd) return 'full';
      this.#needed = 1;
      const goesOn = this.#resyncFrom < 0 ? this.#readElement(out) : this.#resync();
      if (!goesOn) break;
    }
    return this.#isDone ? 'done' : 'partial';
  }

  /**
   * Reads what is left when the source has ended, and logs whether it ended too early.
   * @param out - takes the samples.
   */
  finish(out: Sample[]): void {
    this.#isAtEnd = true;
    this.#needed = 1;
    if (this.read(out) === 'done') return;
    const { offset, available, pendingSkip } = this.#queue;
    const end = offset + available - pendingSkip;
    if (this.#resyncFrom >= 0) {
      this.#damage.add('unreadable', this.#resyncFrom, end - this.#resyncFrom, this.#resyncReason);
    }
    this.#logTruncation(end);
  }

  #isFull(out: readonly Sample[]): boolean {
    return out.length >= LIMITS.batchSamples || this.#blocks.copiedBytes >= LIMITS.batchCopiedBytes;
  }

  #logTruncation(end: number): void {
    const { available, pendingSkip } = this.#queue;
    const expected = Math.max(
      Number.isFinite(this.#clusterEnd) ? this.#clusterEnd : 0,
      Number.isFinite(this.#segmentEnd) ? this.#segmentEnd : 0,
      end + pendingSkip,
    );
    const isMidElement = available > 0 && this.#resyncFrom < 0;
    if (expected <= end && !isMidElement) return;
    const where = this.#clusterEnd === OUTSIDE ? 'between Clusters' : 'inside a Cluster';
    this.#damage.add('truncated', end, expected - end, `The source is truncated: it ends ${where}.`);
  }

  /** Reads the element at the front. False when more bytes are needed. */
  #readElement(out: Sample[]): boolean {
    const queue = this.#queue;
    const header = this.#header;
    if (this.#clusterEnd !== OUTSIDE && queue.offset >= this.#clusterEnd) this.#leaveCluster();
    const state = header.parse(queue);
    if (state === 'partial') return this.#need(queue.available + 1);
    const isPastSegment = this.#clusterEnd === OUTSIDE && queue.offset >= this.#segmentEnd;
    if (isPastSegment && !this.#goesOnPastSegment(state === 'whole')) return true;
    if (state === 'invalid') return this.#startResync('Bytes that are no element stand among the blocks.');
    return this.#clusterEnd === OUTSIDE ? this.#readSegmentChild() : this.#readClusterChild(out);
  }

  /**
   * Decides what comes behind the Segment's stated end. Writers that were cut short leave a size that is too small;
   * where children of a Segment follow, they are taken for its own. Anything else is not part of it.
   */
  #goesOnPastSegment(isElement: boolean): boolean {
    const { id } = this.#header;
    if (isElement && isSegmentChild(id)) {
      this.#segmentEnd = Infinity;
      return true;
    }
    if (isElement && id === ID.Void) return true;
    if (isElement && isTopLevel(id)) return this.#endAtNextDocument();
    this.#isDone = true;
    return false;
  }

  /** Stops at a second document: its tracks and times are its own, and have nothing to do with the first one's. */
  #endAtNextDocument(): false {
    const what = elementName(this.#header.id);
    this.#damage.add('dropped', this.#queue.offset, 0, `Another ${what} follows; only the first is read.`);
    this.#isDone = true;
    return false;
  }

  #readSegmentChild(): boolean {
    const { id, size } = this.#header;
    if (id === ID.Cluster) {
      this.#enterCluster();
      return true;
    }
    if (isTopLevel(id)) return this.#endAtNextDocument();
    if (size === UNKNOWN_SIZE) return this.#startResync(`${elementName(id)} has no size.`);
    if (isSegmentChild(id) || id === ID.Void || id === ID['CRC-32']) {
      this.#queue.skip(this.#header.total);
      return true;
    }
    if (!isClusterChild(id)) return this.#passUnknown(this.#segmentEnd);
    if (!this.#hasCluster) return this.#startResync(`${elementName(id)} stands outside of a Cluster.`);
    // The Cluster before stated a size that is too small, as cut-off live recordings do: it goes on here.
    this.#clusterEnd = Infinity;
    return true;
  }

  #readClusterChild(out: Sample[]): boolean {
    const { id, size } = this.#header;
    // A Cluster of unknown size ends where something begins that cannot be in it; one of a wrong size may as well.
    if (isSegmentChild(id) || isTopLevel(id)) {
      this.#leaveCluster();
      return true;
    }
    if (size === UNKNOWN_SIZE) return this.#startResync(`${elementName(id)} has no size.`);
    if (this.#queue.offset + this.#header.total > this.#clusterEnd) {
      return this.#startResync(`${elementName(id)} ends beyond its Cluster.`);
    }
    switch (id) {
      case ID.SimpleBlock:
        return this.#readBlock(out, false);
      case ID.BlockGroup:
        return this.#readBlock(out, true);
      case ID.Timestamp:
        return this.#readTimestamp();
      default:
        if (!isClusterChild(id)) return this.#passUnknown(this.#clusterEnd);
        this.#queue.skip(this.#header.total);
        return true;
    }
  }

  #readTimestamp(): boolean {
    const { length, size, total } = this.#header;
    if (size > 8) return this.#startResync('A Cluster has a Timestamp of more than 8 bytes.');
    if (this.#queue.available < total) return this.#need(total);
    let ticks = 0;
    for (let i = 0; i < size; i++) ticks = ticks * 256 + this.#queue.byteAt(length + i);
    this.#ticks = ticks;
    this.#queue.skip(total);
    return true;
  }

  #readBlock(out: Sample[], isGroup: boolean): boolean {
    const queue = this.#queue;
    const { length, size, total } = this.#header;
    const offset = queue.offset;
    const peek = Math.min(total, length + GROUP_PEEK_BYTES);
    if (queue.available < peek) return this.#need(peek);
    const trackAt = isGroup ? blockAhead(queue, length, this.#next) : length;
    if (trackAt >= 0 && !this.#blocks.wants(trackNumberAhead(queue, trackAt, total))) {
      queue.skip(total);
      return true;
    }
    if (size > LIMITS.blockBytes) {
      return this.#startResync(`A block of ${size} bytes is larger than the limit of ${LIMITS.blockBytes}.`);
    }
    if (queue.available < total) return this.#need(total);
    queue.skip(length);
    const body = queue.take(size);
    const fault =
      this.#ticks === NO_TICKS
        ? 'A block stands before the Timestamp of its Cluster.'
        : isGroup
          ? this.#blocks.readBlockGroup(body, offset, this.#ticks, out)
          : this.#blocks.readSimpleBlock(body, offset, this.#ticks, out);
    if (fault !== undefined) this.#damage.add('dropped', offset, total, fault);
    return true;
  }

  /**
   * Passes over an element that the schema does not know: a later version's, or garbage that happens to look like one.
   * A small one is believed when a known element follows it, a large one when it ends within a parent of known size.
   */
  #passUnknown(parentEnd: number): boolean {
    const { id, size, total } = this.#header;
    const queue = this.#queue;
    const end = queue.offset + total;
    let isBelievable = end === parentEnd;
    if (size > LIMITS.unknownElementBytes) {
      isBelievable = end <= parentEnd && Number.isFinite(parentEnd);
    } else if (!isBelievable && end < parentEnd) {
      const state = queue.available > total ? this.#next.parse(queue, total) : 'partial';
      if (state === 'partial' && !this.#isAtEnd) return this.#need(Math.max(total, queue.available) + 1);
      isBelievable = state === 'whole' && (isClusterChild(this.#next.id) || isSegmentChild(this.#next.id));
    }
    if (!isBelievable) return this.#startResync(`An element ${elementName(id)} that does not exist.`);
    queue.skip(total);
    return true;
  }

  #enterCluster(): void {
    const { size, length, total } = this.#header;
    this.#clusterEnd = size === UNKNOWN_SIZE ? Infinity : this.#queue.offset + total;
    this.#entered?.push(this.#queue.offset);
    this.#ticks = NO_TICKS;
    this.#hasCluster = true;
    this.#queue.skip(length);
  }

  #leaveCluster(): void {
    this.#clusterEnd = OUTSIDE;
  }

  #startResync(reason: string): true {
    this.#resyncFrom = this.#queue.offset;
    this.#resyncReason = reason;
    this.#hasCluster = false;
    this.#leaveCluster();
    return true;
  }

  #resync(): boolean {
    const state = this.#probe.find(this.#queue, this.#isAtEnd);
    if (state !== 'cluster') return this.#need(this.#queue.available + 1);
    const { offset } = this.#queue;
    this.#damage.add('unreadable', this.#resyncFrom, offset - this.#resyncFrom, this.#resyncReason);
    this.#resyncFrom = -1;
    return true;
  }

  #need(bytes: number): false {
    this.#needed = bytes;
    return false;
  }
}
