import { InvariantError } from '../errors.js';

/** Writes big-endian bit fields into one buffer of exactly the announced size; bits left over are zero. */
export class BitWriter {
  readonly #bytes: Uint8Array;
  #bit = 0;

  /** @param size - bytes that will be written. */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  /**
   * Writes the lowest `count` bits (0 to 32) of an unsigned integer.
   * @throws {InvariantError} when they do not fit.
   */
  bits(value: number, count: number): void {
    if (this.#bit + count > this.#bytes.length * 8) {
      throw new InvariantError(
        `A structure was sized ${this.#bytes.length} bytes, but more bits were written.`,
      );
    }
    for (let bit = count - 1; bit >= 0; bit--, this.#bit++) {
      if ((value >>> bit) & 1) this.#bytes[this.#bit >> 3]! |= 0x80 >> (this.#bit & 7);
    }
  }

  /**
   * Gives the finished buffer; ownership passes to the caller.
   * @throws {InvariantError} when a whole byte or more was left unwritten.
   */
  finish(): Uint8Array {
    if (this.#bytes.length * 8 - this.#bit >= 8) {
      throw new InvariantError(
        `A structure was sized ${this.#bytes.length} bytes, but only ${this.#bit} bits were written.`,
      );
    }
    return this.#bytes;
  }
}
