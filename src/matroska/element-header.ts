import type { ByteQueue } from './byte-queue.js';
import { isUnknownSize, UNKNOWN_SIZE, vintLength } from './vint.js';

/** What {@link ElementHeader.parse} found. */
export type HeaderState = 'whole' | 'partial' | 'invalid';

/**
 * ID and size of the element at the front of a queue. One object is used again and again, so that walking over
 * elements allocates nothing.
 * @see RFC 8794, sections 5 and 6
 */
export class ElementHeader {
  /** The element's ID, length marker included. */
  id = 0;
  /** Bytes of its data, or {@link UNKNOWN_SIZE}. */
  size = 0;
  /** Bytes of ID and size together. */
  length = 0;

  /** Bytes of the whole element; only where `size` is known. */
  get total(): number {
    return this.length + this.size;
  }

  /**
   * Parses the header that stands `ahead` bytes before the front of the queue, and leaves it there.
   * @returns `partial` when more bytes are needed; `invalid` when no element can begin so: an ID of more than four
   * bytes, the reserved ID of all ones, a size of more than eight bytes or beyond 2^53.
   */
  parse(queue: ByteQueue, ahead = 0): HeaderState {
    const available = queue.available - ahead;
    if (available < 1) return 'partial';
    let id = queue.byteAt(ahead);
    const idLength = vintLength(id);
    if (idLength > 4 || id === 0xff) return 'invalid';
    if (available <= idLength) return 'partial';
    for (let i = 1; i < idLength; i++) id = id * 256 + queue.byteAt(ahead + i);

    const first = queue.byteAt(ahead + idLength);
    const sizeLength = vintLength(first);
    if (sizeLength > 8) return 'invalid';
    if (available < idLength + sizeLength) return 'partial';
    let size = first & (0xff >> sizeLength);
    for (let i = 1; i < sizeLength; i++) size = size * 256 + queue.byteAt(ahead + idLength + i);

    if (isUnknownSize(size, sizeLength)) size = UNKNOWN_SIZE;
    else if (size > Number.MAX_SAFE_INTEGER) return 'invalid';
    this.id = id;
    this.size = size;
    this.length = idLength + sizeLength;
    return 'whole';
  }
}
