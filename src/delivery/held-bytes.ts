/**
 * Counts the bytes of what is being made and of what is held for clients until they have read it. What several hold is
 * counted once.
 */
export class HeldBytes {
  readonly #maxBytes: number;
  readonly #holders = new Map<ArrayBufferLike, number>();
  readonly #listeners = new Set<() => void>();
  #total = 0;

  /** @param maxBytes - how many there may be before nothing more is begun. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that are reserved or held. */
  get total(): number {
    return this.#total;
  }

  /** Whether nothing more may be begun. */
  get isFull(): boolean {
    return this.#total >= this.#maxBytes;
  }

  /** The share of what may be held that is held: 0 to 1, and above where something was larger than expected. */
  get load(): number {
    return this.#total / this.#maxBytes;
  }

  /** Whether so many bytes may be begun. One object always may: the largest one would never be made otherwise. */
  fits(bytes: number): boolean {
    return this.#total === 0 || this.#total + bytes <= this.#maxBytes;
  }

  /**
   * Counts bytes that are about to be made.
   * @param bytes - how many are expected.
   * @returns ends the reservation.
   */
  reserve(bytes: number): Disposable {
    this.#total += bytes;
    return releasing(() => this.#release(bytes));
  }

  /**
   * Counts an object for as long as it is held.
   * @param chunks - the object; those who hold the same chunks share their memory.
   * @param byteLength - bytes of all chunks.
   * @returns ends the holding.
   */
  hold(chunks: readonly Uint8Array[], byteLength: number): Disposable {
    const buffer = chunks[0]?.buffer;
    if (buffer === undefined) return releasing(() => undefined);
    const holders = this.#holders.get(buffer) ?? 0;
    this.#holders.set(buffer, holders + 1);
    if (holders === 0) this.#total += byteLength;
    return releasing(() => {
      const others = this.#holders.get(buffer)! - 1;
      if (others > 0) {
        this.#holders.set(buffer, others);
        return;
      }
      this.#holders.delete(buffer);
      this.#release(byteLength);
    });
  }

  /** Calls a listener whenever bytes were given back. */
  onRelease(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #release(bytes: number): void {
    this.#total -= bytes;
    for (const listener of this.#listeners) listener();
  }
}

/** Does it once, however often it is disposed of. */
function releasing(release: () => void): Disposable {
  let isReleased = false;
  return {
    [Symbol.dispose]: () => {
      if (isReleased) return;
      isReleased = true;
      release();
    },
  };
}
