import { MalformedMediaError, type ErrorContext } from '../errors.js';

/**
 * A bounds-checked big-endian reader over bytes that are all there. Each read moves on; a read past the end throws
 * {@link MalformedMediaError} with the byte offset, so that parsers need no length checks of their own.
 */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #element: string;
  readonly #baseOffset: number;
  #position = 0;

  /**
   * @param bytes - what is read; never copied, never written.
   * @param element - name of the structure, for error messages.
   * @param baseOffset - offset of `bytes[0]` in the source, for error messages.
   */
  constructor(bytes: Uint8Array, element: string, baseOffset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#element = element;
    this.#baseOffset = baseOffset;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.#bytes.byteLength - this.#position;
  }

  /** Reads an unsigned 8-bit integer. */
  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Reads an unsigned 16-bit integer. */
  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  /** Reads an unsigned 24-bit integer. */
  u24(): number {
    const at = this.#advance(3);
    return (this.#view.getUint16(at) << 8) | this.#view.getUint8(at + 2);
  }

  /** Reads an unsigned 32-bit integer. */
  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** Reads a signed 16-bit integer. */
  i16(): number {
    return this.#view.getInt16(this.#advance(2));
  }

  /** Reads a signed 32-bit integer. */
  i32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  /**
   * Reads an unsigned 64-bit integer as a number.
   * @throws {MalformedMediaError} above 2^53 - 1: no size, offset or time of a real file is that large.
   */
  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.malformed('holds a 64-bit value beyond 2^53');
    return Number(value);
  }

  /** Views the next `length` bytes; shares memory with the input. */
  view(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Moves over `length` bytes. */
  skip(length: number): void {
    this.#advance(length);
  }

  /** Makes, without throwing it, the error for a fault at the current position. */
  malformed(fault: string, context: ErrorContext = {}): MalformedMediaError {
    return new MalformedMediaError(`${this.#element} ${fault}.`, {
      context: { element: this.#element, offset: this.#baseOffset + this.#position, ...context },
    });
  }

  #advance(length: number): number {
    const at = this.#position;
    if (length < 0 || length > this.#bytes.byteLength - at) {
      throw this.malformed(`ends early: ${length} bytes wanted, ${this.#bytes.byteLength - at} left`);
    }
    this.#position = at + length;
    return at;
  }
}
