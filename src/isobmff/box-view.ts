import { ByteCursor } from '../bytes/cursor.js';
import { checkLimit } from '../bytes/limits.js';

/** A box whose bytes are all there. */
export interface BoxView {
  /** Fourcc, one character a byte. */
  readonly type: string;
  /** Offset of its header in the source. */
  readonly offset: number;
  /** What follows the header; shares memory with what was read. */
  readonly body: Uint8Array;
  /** Offset of the body in the source. */
  readonly bodyOffset: number;
}

/** A box's first bytes. */
export interface BoxHeader {
  /** Fourcc, one character a byte. */
  readonly type: string;
  /** Bytes of the header: 8, or 16 with a 64-bit size. */
  readonly headerSize: number;
  /** Bytes with the header; undefined when the box extends to the end of what holds it. */
  readonly size: number | undefined;
}

/** The most bytes that a header has. */
export const MAX_BOX_HEADER_SIZE = 16;
/** Boxes in one container; real ones have tens. */
const MAX_CHILDREN = 65_536;

/** Gives the four characters of a fourcc. */
export function fourccAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
}

/**
 * Parses a box's header.
 * @param bytes - what holds it.
 * @param at - where it begins.
 * @returns undefined when it is cut off or states a size smaller than itself.
 * @see ISO/IEC 14496-12 - 4.2.2
 */
export function parseBoxHeader(bytes: Uint8Array, at = 0): BoxHeader | undefined {
  if (at + 8 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, Math.min(bytes.length - at, 16));
  const size = view.getUint32(0);
  const type = fourccAt(bytes, at + 4);
  if (size === 0) return { type, headerSize: 8, size: undefined };
  if (size !== 1) return size < 8 ? undefined : { type, headerSize: 8, size };
  if (view.byteLength < 16) return undefined;
  const large = view.getUint32(8) * 2 ** 32 + view.getUint32(12);
  return large < 16 || !Number.isSafeInteger(large) ? undefined : { type, headerSize: 16, size: large };
}

/**
 * Views the boxes that stand one after another. A box that passes the end of what holds it is cut off there, and what is
 * no box ends the list: QuickTime closes some lists with four zero bytes.
 * @param bytes - what holds them; not copied.
 * @param offset - offset of `bytes` in the source.
 * @throws {LimitExceededError} when there are absurdly many.
 */
export function viewBoxes(bytes: Uint8Array, offset: number): BoxView[] {
  const boxes: BoxView[] = [];
  let at = 0;
  for (;;) {
    const header = parseBoxHeader(bytes, at);
    if (header === undefined) return boxes;
    checkLimit('number of boxes in one container', boxes.length + 1, MAX_CHILDREN, { offset });
    const end = Math.min(bytes.length, at + (header.size ?? Infinity));
    boxes.push({
      type: header.type,
      offset: offset + at,
      body: bytes.subarray(at + header.headerSize, end),
      bodyOffset: offset + at + header.headerSize,
    });
    at = end;
  }
}

/** Views the boxes in a box that holds nothing else. */
export function viewChildren(box: BoxView): BoxView[] {
  return viewBoxes(box.body, box.bodyOffset);
}

/** Finds the first box of a type. */
export function findBox(boxes: readonly BoxView[], type: string): BoxView | undefined {
  return boxes.find((box) => box.type === type);
}

/** Reads the fields of a box. */
export function boxCursor(box: BoxView): ByteCursor {
  return new ByteCursor(box.body, box.type, box.bodyOffset);
}

/** A full box, read up to where its own fields begin. */
export interface FullBoxFields {
  /** 8 bits. */
  readonly version: number;
  /** 24 bits. */
  readonly flags: number;
  /** Stands after version and flags. */
  readonly cursor: ByteCursor;
}

/**
 * Reads version and flags of a full box.
 * @throws {MalformedMediaError} when they are cut off.
 */
export function openFullBox(box: BoxView): FullBoxFields {
  const cursor = boxCursor(box);
  const version = cursor.u8();
  return { version, flags: cursor.u24(), cursor };
}

/** Reads a null-terminated text, or one that ends with its box; invalid UTF-8 gives replacement characters. */
export function readText(cursor: ByteCursor): string {
  const bytes = cursor.view(cursor.remaining);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/**
 * Reads the number of a table's entries, before anything is allocated for them.
 * @param entrySize - bytes of one entry, or the part of a byte that it takes.
 * @throws {MalformedMediaError} when the box is too small for so many.
 */
export function readEntryCount(cursor: ByteCursor, entrySize: number): number {
  const count = cursor.u32();
  if (count * entrySize > cursor.remaining) {
    throw cursor.malformed(`claims ${count} entries, more than it has bytes for`);
  }
  return count;
}

/** Reads 32-bit integers into an array of their own. */
export function readUint32s(cursor: ByteCursor, count: number): Uint32Array {
  const bytes = cursor.view(count * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Uint32Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getUint32(i * 4);
  return values;
}
