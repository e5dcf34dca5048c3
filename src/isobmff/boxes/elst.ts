import { checkLimit } from '../../bytes/limits.js';
import { openFullBox, readEntryCount, type BoxView } from '../box-view.js';

/** A stretch of the movie's timeline, and what of the track is shown in it. */
export interface Edit {
  /** Ticks of the movie's timescale; 0 can mean "to the end". */
  readonly duration: number;
  /** Composition time at which it begins, in ticks of the track; undefined when nothing is shown. */
  readonly mediaTime: number | undefined;
  /** How fast the track runs; 1 as a rule, 0 when one picture stands still. */
  readonly rate: number;
}

/** Edits of one track; an editor's work has some hundreds. */
const MAX_EDITS = 100_000;

/**
 * Parses an EditListBox.
 * @throws {MalformedMediaError} when it is too small for its entries.
 * @throws {LimitExceededError} when there are absurdly many.
 * @see ISO/IEC 14496-12 - 8.6.6
 */
export function parseElst(box: BoxView): Edit[] {
  const { version, cursor } = openFullBox(box);
  const count = readEntryCount(cursor, version === 1 ? 20 : 12);
  checkLimit('number of edits', count, MAX_EDITS, { element: 'elst', offset: box.offset });
  const edits: Edit[] = [];
  for (let i = 0; i < count; i++) {
    const duration = version === 1 ? cursor.u32() * 2 ** 32 + cursor.u32() : cursor.u32();
    const mediaTime = version === 1 ? cursor.i32() * 2 ** 32 + cursor.u32() : cursor.i32();
    const rate = cursor.i32() / 0x10000;
    edits.push({ duration, mediaTime: mediaTime < 0 ? undefined : mediaTime, rate });
  }
  return edits;
}
