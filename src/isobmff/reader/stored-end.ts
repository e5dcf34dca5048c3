import { rescale } from '../../time/rescale.js';
import type { MovieTrack } from './movie-track.js';
import { SampleCursor } from './sample-cursor.js';
import type { SampleTable } from './sample-table.js';

/** Samples at the end among which the one that is shown last is looked for. */
const mostReordered = 64;

/**
 * Tells where a track ends in a file that may have been cut off: with the last sample of its table that is in the file.
 * @param movieTrack - the track.
 * @param size - bytes of the file; undefined when that is not known, and the table is believed.
 * @returns nanoseconds on the movie's timeline; undefined when the table has no sample that is in the file.
 */
export function endOfStored(movieTrack: MovieTrack, size: number | undefined): number | undefined {
  const { track, table, range, timeline, endNs } = movieTrack;
  if (table === undefined || size === undefined) return endNs;
  const stored = countStored(table, size);
  if (stored >= range.end) return endNs;
  let end = -Infinity;
  const cursor = new SampleCursor(table, Math.max(range.first, stored - mostReordered), stored);
  while (!cursor.isAtEnd) {
    end = Math.max(end, cursor.decodeTime + cursor.compositionOffset + cursor.duration);
    cursor.advance();
  }
  if (end === -Infinity) return undefined;
  return rescale(Math.min(end, timeline.end ?? Infinity) + timeline.shift, track.timescale, 1e9);
}

/** How many samples there are up to the last that is in the file. */
function countStored(table: SampleTable, size: number): number {
  for (let chunk = table.chunkOffsets.length - 1; chunk >= 0; chunk--) {
    if (table.chunkOffsets[chunk]! >= size) continue;
    const first = table.chunkFirstSamples[chunk]!;
    const cursor = new SampleCursor(table, first, table.chunkFirstSamples[chunk + 1]);
    let stored = first;
    while (!cursor.isAtEnd && cursor.offset + cursor.size <= size) {
      stored = cursor.sample + cursor.groupSamples;
      cursor.advance();
    }
    if (stored > first) return stored;
  }
  return 0;
}
