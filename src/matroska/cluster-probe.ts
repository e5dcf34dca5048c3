import type { ByteQueue } from './byte-queue.js';
import { ElementHeader } from './element-header.js';
import { ID, isClusterChild } from './schema.js';
import { UNKNOWN_SIZE } from './vint.js';

/** What {@link ClusterProbe.judge} and {@link ClusterProbe.find} found. */
export type ProbeState = 'cluster' | 'none' | 'partial';

/** Elements before the Timestamp that are looked over. */
const MAX_CHILDREN = 4;
/** Bytes of such an element that are looked over; SilentTracks and a CRC-32 are smaller. */
const MAX_CHILD_BYTES = 64;

/**
 * Tells whether a Cluster begins at a place, and finds the next one after damage. Four bytes that look like the ID may
 * stand in any video, so what follows must parse too: a size, and a child that belongs there.
 */
export class ClusterProbe {
  /** Timestamp of the Cluster that was found last, in Segment Ticks; -1 when it does not begin with one. */
  ticks = -1;
  readonly #cluster = new ElementHeader();
  readonly #child = new ElementHeader();

  /**
   * Judges the front of a queue, and leaves it there.
   * @param isAtEnd - no more bytes will come, so that what is cut off is no Cluster.
   */
  judge(queue: ByteQueue, isAtEnd: boolean): ProbeState {
    const state = this.#judge(queue);
    return state === 'partial' && isAtEnd ? 'none' : state;
  }

  /**
   * Moves a queue forward to the next Cluster.
   * @returns `none` when all bytes were passed over, `partial` when those at the front may be one; more are needed
   * in both cases.
   */
  find(queue: ByteQueue, isAtEnd: boolean): ProbeState {
    while (queue.available > 0) {
      const ahead = queue.find(ID.Cluster >>> 24);
      if (ahead < 0) {
        queue.skip(-ahead);
        continue;
      }
      queue.skip(ahead);
      const state = this.judge(queue, isAtEnd);
      if (state !== 'none') return state;
      queue.skip(1);
    }
    return 'none';
  }

  #judge(queue: ByteQueue): ProbeState {
    this.ticks = -1;
    const known = Math.min(queue.available, 4);
    for (let i = 0; i < known; i++) {
      if (queue.byteAt(i) !== ((ID.Cluster >>> (24 - 8 * i)) & 0xff)) return 'none';
    }
    const state = this.#cluster.parse(queue);
    if (state !== 'whole') return state === 'partial' ? 'partial' : 'none';
    const end = this.#cluster.size === UNKNOWN_SIZE ? Infinity : this.#cluster.total;
    let ahead = this.#cluster.length;
    const child = this.#child;
    for (let i = 0; i < MAX_CHILDREN; i++) {
      const childState = child.parse(queue, ahead);
      if (childState !== 'whole') return childState === 'partial' ? 'partial' : 'none';
      if (!isClusterChild(child.id) || child.size === UNKNOWN_SIZE || ahead + child.total > end)
        return 'none';
      if (child.id === ID.Timestamp) return this.#readTicks(queue, ahead);
      if (child.id === ID.SimpleBlock || child.id === ID.BlockGroup) return 'cluster';
      if (child.size > MAX_CHILD_BYTES) return 'cluster';
      ahead += child.total;
    }
    return 'cluster';
  }

  #readTicks(queue: ByteQueue, ahead: number): ProbeState {
    const { size, length, total } = this.#child;
    if (size > 8) return 'none';
    if (queue.available < ahead + total) return 'partial';
    let ticks = 0;
    for (let i = 0; i < size; i++) ticks = ticks * 256 + queue.byteAt(ahead + length + i);
    this.ticks = ticks;
    return 'cluster';
  }
}
