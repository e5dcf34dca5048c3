import type { ByteQueue } from './byte-queue.js';
import type { ElementHeader } from './element-header.js';
import { ID } from './schema.js';
import { vintLength } from './vint.js';

/** Bytes of a BlockGroup that are enough to see which track its block is of, when the block comes first. */
export const GROUP_PEEK_BYTES = 24;

/**
 * Looks where the data of a BlockGroup's Block begins.
 * @param queue - its front is at the BlockGroup.
 * @param length - bytes of the BlockGroup's header.
 * @param header - to parse with; it tells of the Block then.
 * @returns bytes before the front; -1 when the Block is not the first thing in the group, or has not come.
 */
export function blockAhead(queue: ByteQueue, length: number, header: ElementHeader): number {
  const isBlock = header.parse(queue, length) === 'whole' && header.id === ID.Block;
  return isBlock ? length + header.length : -1;
}

/**
 * Reads the track number of a block without taking it.
 * @param ahead - bytes between the queue's front and the block's data.
 * @param total - bytes between the front and the end of the element.
 * @returns -1 when there is none, or it has not come.
 */
export function trackNumberAhead(queue: ByteQueue, ahead: number, total: number): number {
  const limit = Math.min(queue.available, total);
  if (ahead >= limit) return -1;
  const first = queue.byteAt(ahead);
  const numberLength = vintLength(first);
  if (ahead + numberLength > limit) return -1;
  let number = first & (0xff >> numberLength);
  for (let i = 1; i < numberLength; i++) number = number * 256 + queue.byteAt(ahead + i);
  return number;
}
