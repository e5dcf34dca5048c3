import { checkLimit } from '../bytes/limits.js';
import { MalformedMediaError } from '../errors.js';
import { LIMITS } from './limits.js';
import { elementName } from './schema.js';
import { isUnknownSize, parseVint, vintLength } from './vint.js';

const UTF8 = new TextDecoder('utf-8');

/**
 * Walks over the child elements of a master element whose data is all there, and reads their values. Every fault
 * names the element's path and its byte offset.
 * @see RFC 8794, section 7
 */
export class ElementCursor {
  /** ID of the current child. */
  id = 0;
  readonly #bytes: Uint8Array;
  readonly #baseOffset: number;
  readonly #path: string;
  readonly #depth: number;
  #next = 0;
  #start = 0;
  #end = 0;

  /**
   * @param bytes - the master element's data; viewed, not copied.
   * @param baseOffset - offset of `bytes[0]` in the source.
   * @param path - the master element's path, for messages.
   * @param depth - how deeply it is nested in other cursors.
   */
  constructor(bytes: Uint8Array, baseOffset: number, path: string, depth = 0) {
    this.#bytes = bytes;
    this.#baseOffset = baseOffset;
    this.#path = path;
    this.#depth = depth;
  }

  /** Bytes of the current child's data. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Offset of the current child's data in the source. */
  get dataOffset(): number {
    return this.#baseOffset + this.#start;
  }

  /**
   * Moves to the next child.
   * @returns false when there is none.
   * @throws {MalformedMediaError} when what follows is no element that ends within its parent.
   */
  next(): boolean {
    const at = this.#next;
    const left = this.#bytes.length - at;
    if (left === 0) return false;
    const idLength = vintLength(this.#bytes[at]!);
    if (idLength > 4 || idLength >= left) throw this.#malformed('holds bytes that are no element', at);
    const sizeLength = vintLength(this.#bytes[at + idLength]!);
    const headerLength = idLength + sizeLength;
    if (sizeLength > 8 || headerLength > left) throw this.#malformed('holds bytes that are no element', at);
    const size = parseVint(this.#bytes, at + idLength, sizeLength);
    // The ID keeps its length marker: it is the vint's value with the marker put back.
    this.id = parseVint(this.#bytes, at, idLength) + 2 ** (7 * idLength);
    this.#start = at + headerLength;
    if (isUnknownSize(size, sizeLength) || size > left - headerLength) {
      throw this.#malformed(`holds a ${elementName(this.id)} that does not end within it`, at);
    }
    this.#end = this.#start + size;
    this.#next = this.#end;
    return true;
  }

  /** Views the current child's data. */
  view(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /**
   * Reads the current child as an unsigned integer.
   * @param whenEmpty - the value of an element without data: its default (RFC 8794, section 6.1).
   * @throws {MalformedMediaError} when it has more than eight bytes or a value beyond 2^53.
   */
  uint(whenEmpty = 0): number {
    if (this.size === 0) return whenEmpty;
    this.#checkInteger();
    let value = 0;
    for (let i = this.#start; i < this.#end; i++) value = value * 256 + this.#bytes[i]!;
    // Rounding never takes one that is beyond to one that is not.
    if (value > Number.MAX_SAFE_INTEGER) throw this.malformed('is beyond 2^53');
    return value;
  }

  /** Reads the current child as an unsigned integer of up to 64 bits: UIDs use them all. */
  bigUint(): bigint {
    this.#checkInteger();
    let value = 0n;
    for (let i = this.#start; i < this.#end; i++) value = (value << 8n) | BigInt(this.#bytes[i]!);
    return value;
  }

  /**
   * Reads the current child as a signed integer.
   * @throws {MalformedMediaError} when it has more than eight bytes or a magnitude beyond 2^53.
   */
  int(): number {
    const value = BigInt.asIntN(this.size * 8, this.bigUint());
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER)) {
      throw this.malformed('is beyond 2^53');
    }
    return Number(value);
  }

  /**
   * Reads the current child as a floating-point number; may be infinite or not a number.
   * @throws {MalformedMediaError} when it has neither 0 nor 4 nor 8 bytes.
   */
  float(): number {
    switch (this.size) {
      case 0:
        return 0;
      case 4:
        return this.#dataView().getFloat32(0);
      case 8:
        return this.#dataView().getFloat64(0);
      default:
        throw this.malformed(`has ${this.size} bytes, and a float has 0, 4 or 8`);
    }
  }

  /**
   * Reads the current child as text, up to a terminating zero; bytes that are no UTF-8 become U+FFFD.
   * @throws {LimitExceededError} when it is too long.
   * @see RFC 8794, sections 7.4 and 7.5
   */
  text(): string {
    checkLimit(`size of ${this.#childPath()} in bytes`, this.size, LIMITS.textBytes, this.#context());
    const bytes = this.view();
    const end = bytes.indexOf(0);
    return UTF8.decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /**
   * Enters the current child, a master element.
   * @throws {LimitExceededError} when elements nest too deeply.
   */
  master(): ElementCursor {
    if (this.#depth >= LIMITS.nesting) {
      checkLimit(`nesting of ${this.#childPath()}`, this.#depth + 1, LIMITS.nesting, this.#context());
    }
    return new ElementCursor(this.view(), this.dataOffset, this.#childPath(), this.#depth + 1);
  }

  /** Makes, without throwing it, the error for a fault of the current child. */
  malformed(fault: string): MalformedMediaError {
    return new MalformedMediaError(`${this.#childPath()} ${fault}.`, { context: this.#context() });
  }

  #checkInteger(): void {
    if (this.size > 8) throw this.malformed(`has ${this.size} bytes, and an integer has at most 8`);
  }

  #dataView(): DataView {
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#start, this.size);
  }

  #malformed(fault: string, at: number): MalformedMediaError {
    return new MalformedMediaError(`${this.#path} ${fault}.`, {
      context: { element: this.#path, offset: this.#baseOffset + at, spec: 'RFC 8794, section 6' },
    });
  }

  #childPath(): string {
    return `${this.#path}/${elementName(this.id)}`;
  }

  #context(): { element: string; offset: number } {
    return { element: this.#childPath(), offset: this.dataOffset };
  }
}
