import { checkLimit } from '../bytes/limits.js';
import { ElementCursor } from './element-cursor.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

/** Where an element of the Segment is said to stand. */
export interface SeekEntry {
  /** The element's ID. */
  readonly id: number;
  /** Its byte offset in the source. */
  readonly offset: number;
}

/**
 * Parses a SeekHead element.
 * @param segmentOffset - offset in the source of the Segment's data, to which positions are relative.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken or has too many entries.
 * @see RFC 9559, sections 5.1.1 and 16
 */
export function parseSeekHead(data: Uint8Array, offset: number, segmentOffset: number): SeekEntry[] {
  const entries: SeekEntry[] = [];
  const seekHead = new ElementCursor(data, offset, 'Segment/SeekHead');
  while (seekHead.next()) {
    if (seekHead.id !== ID.Seek) continue;
    checkLimit('number of SeekHead entries', entries.length + 1, LIMITS.seekEntries, { offset });
    const seek = seekHead.master();
    let id: number | undefined;
    let position: number | undefined;
    while (seek.next()) {
      if (seek.id === ID.SeekID) id = seek.uint();
      else if (seek.id === ID.SeekPosition) position = seek.uint();
    }
    if (id === undefined || position === undefined) continue;
    if (!Number.isSafeInteger(segmentOffset + position)) continue;
    entries.push({ id, offset: segmentOffset + position });
  }
  return entries;
}
