import { ByteWriter } from '../../../bytes/byte-writer.js';

/** Type of the segment that says which objects are shown. */
const PRESENTATION = 0x16;
/** Type and length of a segment. */
const SEGMENT_HEADER_BYTES = 3;
/** What stands before each segment in a file: a mark, and two times. */
const FILE_HEADER_BYTES = 10;
/** Most segments of one display set. */
const MAX_SEGMENTS = 4096;

/** A display set of PGS: what is to be seen from a moment on. */
export interface DisplaySet {
  /** Nothing before it is needed to draw it. */
  readonly isEntry: boolean;
  /** Its segments, each with type and length; views. */
  readonly segments: readonly Uint8Array[];
}

/**
 * Parses a display set as Matroska stores it: segments one after another, without times.
 * @returns undefined when it is none, or cut off.
 * @see US 2009/0185789 A1, "Graphics stream"; Matroska, "Codec mappings", S_HDMV/PGS
 */
export function parseDisplaySet(data: Uint8Array): DisplaySet | undefined {
  const segments: Uint8Array[] = [];
  let isEntry = false;
  for (let at = 0; at < data.length;) {
    const end = at + SEGMENT_HEADER_BYTES + ((data[at + 1] ?? 0) << 8) + (data[at + 2] ?? 0);
    if (end > data.length || at + SEGMENT_HEADER_BYTES > data.length || segments.length >= MAX_SEGMENTS)
      return undefined;
    // composition_state: 0 goes on with what was there, 0x40 and 0x80 do without.
    if (data[at] === PRESENTATION) isEntry = ((data[at + SEGMENT_HEADER_BYTES + 7] ?? 0) & 0xc0) !== 0;
    segments.push(data.subarray(at, end));
    at = end;
  }
  return segments.length === 0 ? undefined : { isEntry, segments };
}

/**
 * Writes a display set as a file of PGS (`.sup`) has it.
 * @param timeMs - when it is shown.
 */
export function writeDisplaySet({ segments }: DisplaySet, timeMs: number): Uint8Array {
  const size = segments.reduce((total, segment) => total + FILE_HEADER_BYTES + segment.length, 0);
  const writer = new ByteWriter(size);
  for (const segment of segments) {
    writer.ascii('PG');
    // In ticks of 90 kHz, of which the field holds thirteen hours; no decode time.
    writer.u32((timeMs * 90) % 2 ** 32);
    writer.u32(0);
    writer.bytes(segment);
  }
  return writer.finish();
}
