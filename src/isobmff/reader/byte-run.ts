/** Bytes of a source that lie one after another, in the chunks in which they came. */
export class ByteRun {
  /** Offset of the first byte in the source. */
  readonly offset: number;
  readonly #chunks: readonly Uint8Array[];
  /** Where the last view began: the next one is mostly in the same chunk or the one after it. */
  #index = 0;
  #base: number;

  /**
   * @param offset - of the first chunk's first byte in the source.
   * @param chunks - the bytes; not copied.
   */
  constructor(offset: number, chunks: readonly Uint8Array[]) {
    this.offset = offset;
    this.#chunks = chunks;
    this.#base = offset;
  }

  /**
   * Gives some of the bytes.
   * @param offset - in the source.
   * @param length - bytes.
   * @returns a view of the chunk where they lie in one, otherwise a joined copy; undefined when they are not all there.
   */
  view(offset: number, length: number): Uint8Array | undefined {
    if (offset < this.offset) return undefined;
    if (offset < this.#base) {
      this.#index = 0;
      this.#base = this.offset;
    }
    let chunk = this.#chunks[this.#index];
    while (chunk !== undefined && offset >= this.#base + chunk.length) {
      if (length === 0 && offset === this.#base + chunk.length) break;
      this.#base += chunk.length;
      chunk = this.#chunks[++this.#index];
    }
    if (chunk === undefined) return length === 0 && offset === this.#base ? new Uint8Array(0) : undefined;
    const at = offset - this.#base;
    return at + length <= chunk.length ? chunk.subarray(at, at + length) : this.#join(at, length);
  }

  /** The one copy of the read path: bytes that straddle chunks must be joined to be one view. */
  #join(at: number, length: number): Uint8Array | undefined {
    const first = this.#chunks[this.#index]!;
    let available = first.length - at;
    let last = this.#index;
    while (available < length) {
      const next = this.#chunks[++last];
      if (next === undefined) return undefined;
      available += next.length;
    }
    const joined = new Uint8Array(length);
    joined.set(first.subarray(at));
    let filled = first.length - at;
    for (let i = this.#index + 1; filled < length; i++) {
      const chunk = this.#chunks[i]!;
      joined.set(chunk.subarray(0, length - filled), filled);
      filled += Math.min(chunk.length, length - filled);
    }
    return joined;
  }
}
