/** Follows the top-level boxes of an MP4 stream as its bytes arrive. */
export class BoxWatch {
  readonly #header = new Uint8Array(8);
  #filled = 0;
  #left = 0;
  #type = '';
  #hasMoof = false;
  #hasFragment = false;

  /** A `moof` has begun. */
  get hasMoof(): boolean {
    return this.#hasMoof;
  }

  /** The `mdat` that follows a `moof` is whole. */
  get hasFragment(): boolean {
    return this.#hasFragment;
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, chunk.length - at);
        this.#left -= count;
        at += count;
        if (this.#left === 0 && this.#type === 'mdat' && this.#hasMoof) this.#hasFragment = true;
        continue;
      }
      this.#header[this.#filled++] = chunk[at++]!;
      if (this.#filled < 8) continue;
      this.#filled = 0;
      this.#left = new DataView(this.#header.buffer).getUint32(0) - 8;
      this.#type = String.fromCharCode(...this.#header.subarray(4));
      if (this.#type === 'moof') this.#hasMoof = true;
    }
  }
}
