import type { ReadOptions, Source } from '../media/source.js';
import { ByteQueue } from './byte-queue.js';
import { ElementHeader } from './element-header.js';

/** Bytes that the longest element header has: four of ID and eight of size. */
const HEADER_BYTES = 12;

/**
 * Looks at single places of a seekable source: each is one small read, unless the read before covers it. For going over
 * elements by their headers alone, and for a glance at the first bytes of a block.
 */
export class PlaceReader {
  readonly #source: Source;
  readonly #windowBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #header = new ElementHeader();
  #queue = new ByteQueue(0);

  /**
   * @param source - a seekable source.
   * @param windowBytes - what one read fetches at least.
   */
  constructor(source: Source, windowBytes: number, options: ReadOptions = {}) {
    this.#source = source;
    this.#windowBytes = windowBytes;
    this.#signal = options.signal;
  }

  /**
   * Goes to a place.
   * @param offset - in the source.
   * @param length - bytes that are wanted there.
   * @returns a queue with that place at its front; it holds fewer bytes only where the source ends. Valid until the next
   * call.
   */
  async goTo(offset: number, length: number): Promise<ByteQueue> {
    const queue = this.#queue;
    const ahead = offset - queue.offset;
    if (ahead >= 0 && ahead + length <= queue.available) {
      queue.skip(ahead);
      return queue;
    }
    const bytes = await this.#source.read(offset, Math.max(length, this.#windowBytes), {
      signal: this.#signal,
    });
    this.#queue = new ByteQueue(offset);
    this.#queue.append(bytes);
    return this.#queue;
  }

  /**
   * Parses the header of the element at a place.
   * @returns undefined when none can begin there. The same object at each call.
   */
  async headerAt(offset: number): Promise<ElementHeader | undefined> {
    const queue = await this.goTo(offset, HEADER_BYTES);
    return this.#header.parse(queue) === 'whole' ? this.#header : undefined;
  }
}
