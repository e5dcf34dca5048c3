/** The buffer behind the bit rate's cap: it fills at that rate, and each picture takes its bits out. */
export class RateBuffer {
  readonly #bitsPerSecond: number;
  readonly #capacity: number;
  #bits: number;

  /**
   * @param format - the cap in bits a second, and the bits that the buffer holds.
   * @param share - how full it is at the start, 0 to 1.
   */
  constructor(format: { readonly maxBitRate: number; readonly bufferBits: number }, share: number) {
    this.#bitsPerSecond = format.maxBitRate;
    this.#capacity = format.bufferBits;
    this.#bits = share * format.bufferBits;
  }

  /** How full it is, 0 to 1; less than 0 when more was taken than there was. */
  get share(): number {
    return this.#bits / this.#capacity;
  }

  /**
   * Takes a picture out.
   * @param bytes - its size.
   * @param seconds - how long the buffer has filled since the picture before.
   */
  take(bytes: number, seconds: number): void {
    this.#bits = Math.min(this.#capacity, this.#bits + seconds * this.#bitsPerSecond) - bytes * 8;
  }
}
