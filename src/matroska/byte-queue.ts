import { InvariantError } from '../errors.js';

const EMPTY = new Uint8Array(0);

/**
 * Chunks of a source, read as one run of bytes. What lies within one chunk is viewed and never copied; what straddles
 * chunks is joined. Bytes can be passed over before they arrive.
 */
export class ByteQueue {
  #head: Uint8Array = EMPTY;
  #position = 0;
  #chunks: Uint8Array[] = [];
  #next = 0;
  #available = 0;
  #offset: number;
  #pendingSkip = 0;
  /** Where the last look beyond the head was: index of a chunk, and the bytes between the head's end and it. */
  #lookedAt = 0;
  #lookedBase = 0;

  /** @param offset - offset in the source of the first byte that will be appended. */
  constructor(offset: number) {
    this.#offset = offset;
  }

  /** Offset in the source of the next byte to be read. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes that are there to be read. */
  get available(): number {
    return this.#available;
  }

  /** Bytes passed over that have not arrived yet. While it is not 0, nothing is available. */
  get pendingSkip(): number {
    return this.#pendingSkip;
  }

  /** Appends a chunk; shares its memory. */
  append(chunk: Uint8Array): void {
    let rest = chunk;
    if (this.#pendingSkip > 0) {
      if (this.#pendingSkip >= chunk.length) {
        this.#pendingSkip -= chunk.length;
        return;
      }
      rest = chunk.subarray(this.#pendingSkip);
      this.#pendingSkip = 0;
    }
    if (rest.length === 0) return;
    if (this.#available === 0) {
      this.#head = rest;
      this.#position = 0;
    } else {
      this.#chunks.push(rest);
    }
    this.#available += rest.length;
  }

  /** Forgets a skip that is pending: the next chunk appended begins at {@link ByteQueue.offset}. */
  cancelPendingSkip(): void {
    this.#pendingSkip = 0;
  }

  /** The byte `index` bytes ahead; `index` is below `available`. */
  byteAt(index: number): number {
    let at = this.#position + index;
    if (at < this.#head.length) return this.#head[at]!;
    at -= this.#head.length;
    // Looks far ahead mostly go on where the last one was, which matters when chunks are tiny.
    let i = this.#next;
    let base = 0;
    if (this.#lookedAt > i && at >= this.#lookedBase) {
      i = this.#lookedAt;
      base = this.#lookedBase;
    }
    for (; i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i]!;
      if (at - base < chunk.length) {
        this.#lookedAt = i;
        this.#lookedBase = base;
        return chunk[at - base]!;
      }
      base += chunk.length;
    }
    throw new InvariantError('A byte beyond those available was read.');
  }

  /**
   * Looks for a byte value in the contiguous bytes ahead, at most one chunk of them.
   * @returns how many bytes ahead it is; or, when it is not among them, minus the number of bytes looked at.
   */
  find(value: number): number {
    const found = this.#head.indexOf(value, this.#position);
    return found < 0 ? this.#position - this.#head.length : found - this.#position;
  }

  /**
   * Gives the next `length` bytes without reading past them; `length` is at most `available`.
   * @returns a view of the chunk where they lie in one, otherwise a joined copy.
   */
  peek(length: number): Uint8Array {
    const end = this.#position + length;
    if (end <= this.#head.length) return this.#head.subarray(this.#position, end);
    return this.#join(length);
  }

  /** Gives the next `length` bytes as {@link ByteQueue.peek} does, and moves past them. */
  take(length: number): Uint8Array {
    const bytes = this.peek(length);
    this.skip(length);
    return bytes;
  }

  /** Moves over `length` bytes, also over bytes that have not arrived yet. */
  skip(length: number): void {
    this.#offset += length;
    if (length >= this.#available) {
      this.#pendingSkip += length - this.#available;
      this.#available = 0;
      this.#head = EMPTY;
      this.#position = 0;
      this.#chunks = [];
      this.#next = 0;
      this.#lookedAt = 0;
      return;
    }
    this.#available -= length;
    this.#position += length;
    if (this.#position >= this.#head.length) this.#advanceHead();
  }

  #advanceHead(): void {
    while (this.#position >= this.#head.length) {
      this.#position -= this.#head.length;
      this.#head = this.#chunks[this.#next]!;
      // A chunk that has been read must not stay alive in the list.
      this.#chunks[this.#next++] = EMPTY;
    }
    this.#lookedAt = 0;
    // Dropping used entries now and then keeps the list short at a constant cost a chunk.
    if (this.#next >= 1024 && this.#next * 2 >= this.#chunks.length) {
      this.#chunks.splice(0, this.#next);
      this.#next = 0;
    }
  }

  /** The one copy of the read path: bytes that straddle chunks must be joined to be one view. */
  #join(length: number): Uint8Array {
    if (length > this.#available) throw new InvariantError('More bytes than available were taken.');
    const joined = new Uint8Array(length);
    let filled = this.#head.length - this.#position;
    joined.set(this.#head.subarray(this.#position));
    for (let i = this.#next; filled < length; i++) {
      const chunk = this.#chunks[i]!;
      const wanted = Math.min(chunk.length, length - filled);
      joined.set(wanted === chunk.length ? chunk : chunk.subarray(0, wanted), filled);
      filled += wanted;
    }
    return joined;
  }
}
