import { openFullBox, type BoxView } from '../box-view.js';

/** A part of the file that a segment index points to. */
export interface SegmentReference {
  /** It is another segment index, and no media. */
  readonly isIndex: boolean;
  /** Byte offset in the source. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** Earliest presentation time in ticks of the index. */
  readonly time: number;
  /** Ticks of the index. */
  readonly duration: number;
  /** Its first access unit is said to be a random access point. */
  readonly startsWithSap: boolean;
}

/** What a segment index says. */
export interface SegmentIndex {
  /** track_ID that its times are of. */
  readonly trackId: number;
  /** Ticks a second. */
  readonly timescale: number;
  /** Parts in the order in which they stand. */
  readonly references: readonly SegmentReference[];
}

/**
 * Parses a SegmentIndexBox.
 * @throws {MalformedMediaError} when it is cut off, or a second has no ticks.
 * @see ISO/IEC 14496-12 - 8.16.3
 */
export function parseSidx(box: BoxView): SegmentIndex {
  const { version, cursor } = openFullBox(box);
  const trackId = cursor.u32();
  const timescale = cursor.u32();
  if (timescale === 0) throw cursor.malformed('has a timescale of 0');
  let time = version === 0 ? cursor.u32() : cursor.u64();
  let offset = box.bodyOffset + box.body.length + (version === 0 ? cursor.u32() : cursor.u64());
  cursor.skip(2);
  const references: SegmentReference[] = [];
  const count = cursor.u16();
  for (let i = 0; i < count; i++) {
    const typeAndSize = cursor.u32();
    const size = typeAndSize & 0x7fffffff;
    const duration = cursor.u32();
    const startsWithSap = cursor.u32() >>> 31 === 1;
    references.push({ isIndex: typeAndSize >>> 31 === 1, offset, size, time, duration, startsWithSap });
    offset += size;
    time += duration;
  }
  return { trackId, timescale, references };
}
