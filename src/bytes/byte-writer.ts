import { InvariantError } from '../errors.js';

/**
 * Writes big-endian fields into one buffer of exactly the announced size. Structures are sized first and written
 * once; {@link ByteWriter.finish} proves that size and writing agree.
 */
export class ByteWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  /** @param size - bytes that will be written, exactly. */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get position(): number {
    return this.#position;
  }

  /** Writes an unsigned 8-bit integer. */
  u8(value: number): void {
    this.#view.setUint8(this.#advance(1), value);
  }

  /** Writes an unsigned 16-bit integer. */
  u16(value: number): void {
    this.#view.setUint16(this.#advance(2), value);
  }

  /** Writes an unsigned 24-bit integer. */
  u24(value: number): void {
    const at = this.#advance(3);
    this.#view.setUint8(at, value >>> 16);
    this.#view.setUint16(at + 1, value & 0xffff);
  }

  /** Writes an unsigned 32-bit integer. */
  u32(value: number): void {
    this.#view.setUint32(this.#advance(4), value);
  }

  /** Writes a signed 16-bit integer. */
  i16(value: number): void {
    this.#view.setInt16(this.#advance(2), value);
  }

  /** Writes a signed 32-bit integer. */
  i32(value: number): void {
    this.#view.setInt32(this.#advance(4), value);
  }

  /** Writes an unsigned 64-bit integer; `value` is a whole number below 2^53. */
  u64(value: number): void {
    this.#view.setBigUint64(this.#advance(8), BigInt(value));
  }

  /** Copies bytes in. */
  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#advance(value.byteLength));
  }

  /** Writes the characters of an ASCII string, one byte each. */
  ascii(value: string): void {
    const at = this.#advance(value.length);
    for (let i = 0; i < value.length; i++) this.#bytes[at + i] = value.charCodeAt(i) & 0x7f;
  }

  /** Leaves `count` bytes zero. */
  zeros(count: number): void {
    this.#advance(count);
  }

  /**
   * Gives the finished buffer; ownership passes to the caller.
   * @throws {InvariantError} when fewer bytes were written than announced.
   */
  finish(): Uint8Array {
    if (this.#position !== this.#bytes.byteLength) {
      throw new InvariantError(
        `A structure was sized ${this.#bytes.byteLength} bytes, but ${this.#position} were written.`,
      );
    }
    return this.#bytes;
  }

  #advance(length: number): number {
    const at = this.#position;
    if (at + length > this.#bytes.byteLength) {
      throw new InvariantError(
        `A structure was sized ${this.#bytes.byteLength} bytes, but more were written.`,
      );
    }
    this.#position = at + length;
    return at;
  }
}
