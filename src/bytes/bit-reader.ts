import { MalformedMediaError } from '../errors.js';

/** Reads big-endian bit fields and Exp-Golomb codes; a read past the end throws {@link MalformedMediaError}. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #element: string;
  #bit = 0;

  /**
   * @param bytes - what is read; for NAL units with the emulation prevention bytes already removed.
   * @param element - name of the structure, for error messages.
   */
  constructor(bytes: Uint8Array, element: string) {
    this.#bytes = bytes;
    this.#element = element;
  }

  /** Bits read so far. */
  get position(): number {
    return this.#bit;
  }

  /** Bits left. */
  get remaining(): number {
    return this.#bytes.length * 8 - this.#bit;
  }

  /** Reads `count` bits (0 to 32) as an unsigned integer. */
  bits(count: number): number {
    this.#demand(count);
    let value = 0;
    let left = count;
    while (left > 0) {
      const inByte = this.#bit & 7;
      const take = Math.min(left, 8 - inByte);
      const byte = this.#bytes[this.#bit >> 3]!;
      value = value * 2 ** take + ((byte >> (8 - inByte - take)) & ((1 << take) - 1));
      this.#bit += take;
      left -= take;
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

  /** Moves to the next byte boundary; stays where it is when already there. */
  alignToByte(): void {
    this.#bit = (this.#bit + 7) & ~7;
  }

  /**
   * Reads an unsigned Exp-Golomb code.
   * @throws {MalformedMediaError} when the code has more than 31 leading zeros.
   * @see ITU-T H.264, section 9.1
   */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros > 31) {
        throw new MalformedMediaError(
          `${this.#element} holds an Exp-Golomb code of more than 31 leading zeros.`,
          {
            context: { element: this.#element, bit: this.#bit, spec: 'ITU-T H.264, section 9.1' },
          },
        );
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /**
   * Reads a signed Exp-Golomb code.
   * @see ITU-T H.264, section 9.1.1
   */
  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? -(code / 2) : (code + 1) / 2;
  }

  #demand(count: number): void {
    if (count <= this.remaining) return;
    throw new MalformedMediaError(
      `${this.#element} ends early: ${count} bits wanted, ${this.remaining} left.`,
      {
        context: { element: this.#element, bit: this.#bit },
      },
    );
  }
}
