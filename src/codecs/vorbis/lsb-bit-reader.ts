import { MalformedMediaError } from '../../errors.js';

/**
 * Reads Vorbis' bit packing: the least significant bit of each byte first; a read past the end throws.
 * @see Vorbis I specification, section 2
 */
export class LsbBitReader {
  readonly #bytes: Uint8Array;
  #bit = 0;

  /** @param bytes - what is read. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits left. */
  get remaining(): number {
    return this.#bytes.length * 8 - this.#bit;
  }

  /** Reads `count` bits (0 to 32) as an unsigned integer. */
  bits(count: number): number {
    this.#demand(count);
    let value = 0;
    for (let read = 0; read < count;) {
      const inByte = this.#bit & 7;
      const take = Math.min(count - read, 8 - inByte);
      value += ((this.#bytes[this.#bit >> 3]! >> inByte) & ((1 << take) - 1)) * 2 ** read;
      this.#bit += take;
      read += take;
    }
    return value;
  }

  /** Reads one bit as a flag. */
  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** Moves over `count` bits. */
  skip(count: number): void {
    this.#demand(count);
    this.#bit += count;
  }

  #demand(count: number): void {
    if (count <= this.remaining) return;
    throw new MalformedMediaError(`Vorbis header ends early: ${count} bits wanted, ${this.remaining} left.`, {
      context: { spec: 'Vorbis I specification, section 4.2' },
    });
  }
}
