import { checkLimit } from '../../bytes/limits.js';
import type { IndexEntry } from '../../media/media-index.js';
import { rescale } from '../../time/rescale.js';
import { isBehindEnd, type TrackTimeline } from './edit-timeline.js';
import { LIMITS } from './limits.js';
import type { MovieTrack } from './movie-track.js';
import { SampleCursor } from './sample-cursor.js';

/**
 * Lists the sync samples of a track's tables, but for those that a file that was cut off does not hold.
 * @param movieTrack - the track.
 * @param size - bytes of the file; undefined when that is not known.
 * @returns entries in stored order, with the offsets of the samples themselves.
 * @throws {LimitExceededError} when there are absurdly many.
 */
export function listSyncSamples(
  { track, table, range, timeline }: MovieTrack,
  size = Infinity,
): IndexEntry[] {
  const entries: IndexEntry[] = [];
  if (table === undefined) return entries;
  const cursor = new SampleCursor(table, range.first, range.end);
  while (!cursor.isAtEnd) {
    const compositionTime = cursor.decodeTime + cursor.compositionOffset;
    const isStored = cursor.offset + cursor.size <= size;
    if (cursor.isSync && isStored && showsAll(cursor, compositionTime, timeline)) {
      checkLimit('number of random access points', entries.length + 1, LIMITS.keyframes, { track: track.id });
      const timeNs = rescale(compositionTime + timeline.shift, track.timescale, 1e9);
      entries.push({ trackId: track.id, timeNs, offset: cursor.offset });
    }
    cursor.advance();
  }
  return entries;
}

/** Whether all is shown from its time on: it is itself, or its part of the media is, where it has the part's time. */
function showsAll(
  { isHidden, beginsAnew, duration }: SampleCursor,
  compositionTime: number,
  timeline: TrackTimeline,
): boolean {
  return (!isHidden || beginsAnew) && !isBehindEnd(timeline, compositionTime, duration);
}
