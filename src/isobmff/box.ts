import { ByteWriter } from '../bytes/byte-writer.js';
import { InvariantError } from '../errors.js';

/** A box that knows its exact size before a byte of it is written, so that a tree of boxes fills one buffer. */
export interface Box {
  /** Bytes with the header. */
  readonly size: number;
  /** Writes exactly {@link Box.size} bytes. */
  write(writer: ByteWriter): void;
}

/** Writes the fields that stand between a box's header and its children. */
type WriteFields = (writer: ByteWriter) => void;

/** size and type; no box that this room writes needs the 64-bit size. */
const HEADER_SIZE = 8;
/** version and flags. */
const FULL_HEADER_SIZE = 4;

/**
 * Composes a box of fields and children.
 * @param type - fourcc.
 * @param fieldsSize - bytes that `writeFields` writes.
 * @param writeFields - writes the fields.
 * @param children - boxes that follow the fields; an undefined one is left out.
 * @see ISO/IEC 14496-12 - 4.2.2
 */
export function box(
  type: string,
  fieldsSize: number,
  writeFields: WriteFields,
  children: readonly (Box | undefined)[] = [],
): Box {
  let size = HEADER_SIZE + fieldsSize;
  for (const child of children) size += child?.size ?? 0;
  if (size > 0xffffffff) {
    throw new InvariantError(`A ${type} box of ${size} bytes does not fit a 32-bit size.`);
  }
  return {
    size,
    write(writer) {
      writer.u32(size);
      writer.ascii(type);
      writeFields(writer);
      for (const child of children) child?.write(writer);
    },
  };
}

/**
 * Composes a full box: one whose fields begin with version and flags.
 * @param type - fourcc.
 * @param version - 8 bits.
 * @param flags - 24 bits.
 * @param fieldsSize - bytes that `writeFields` writes, version and flags not counted.
 * @param writeFields - writes the fields after version and flags.
 * @param children - boxes that follow the fields; an undefined one is left out.
 * @see ISO/IEC 14496-12 - 4.2.2
 */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  fieldsSize: number,
  writeFields: WriteFields,
  children: readonly (Box | undefined)[] = [],
): Box {
  return box(
    type,
    FULL_HEADER_SIZE + fieldsSize,
    (writer) => {
      writer.u8(version);
      writer.u24(flags);
      writeFields(writer);
    },
    children,
  );
}

/**
 * Composes a box that holds only other boxes.
 * @param type - fourcc.
 * @param children - what it holds; an undefined one is left out.
 */
export function containerBox(type: string, children: readonly (Box | undefined)[]): Box {
  return box(type, 0, writeNothing, children);
}

/**
 * Writes boxes one after another into one new buffer of exactly their size.
 * @returns the buffer; the caller owns it.
 */
export function writeBoxes(boxes: readonly Box[]): Uint8Array {
  let size = 0;
  for (const each of boxes) size += each.size;
  const writer = new ByteWriter(size);
  for (const each of boxes) each.write(writer);
  return writer.finish();
}

/** For a box without fields. */
export function writeNothing(): void {
  // Nothing stands between header and children.
}
