import { rescale } from '../../time/rescale.js';
import type { MovieTrack } from './movie-track.js';
import { compositionTimeOf, durationOf, type SampleTable } from './sample-table.js';

/** Samples at the end among which the one that is shown last is looked for. */
const mostReordered = 64;

/** Samples or chunks that are gone through before others may have their turn: less than a millisecond. */
const stepsOfTurn = 1 << 16;

/**
 * Tells where a track ends in a file that may have been cut off: with the last sample of its table that is in the file.
 * @param movieTrack - the track.
 * @param size - bytes of the file; undefined when that is not known, and the table is believed.
 * @returns work that may be interrupted; its result are nanoseconds on the movie's timeline, undefined when the table has no
 * sample that is in the file.
 */
export function* endOfStored(
  movieTrack: MovieTrack,
  size: number | undefined,
): Generator<undefined, number | undefined> {
  const { track, table, range, timeline, endNs } = movieTrack;
  if (table === undefined || size === undefined) return endNs;
  const stored = yield* countStored(table, size);
  if (stored >= range.end) return endNs;
  let end = -Infinity;
  for (let sample = Math.max(range.first, stored - mostReordered); sample < stored; sample++) {
    end = Math.max(end, compositionTimeOf(table, sample) + durationOf(table, sample));
  }
  if (end === -Infinity) return undefined;
  return rescale(Math.min(end, timeline.end ?? Infinity) + timeline.shift, track.timescale, 1e9);
}

/** How many samples there are up to the last that is in the file. */
function* countStored(table: SampleTable, size: number): Generator<undefined, number> {
  const { chunkOffsets, chunkFirstSamples } = table;
  for (let chunk = chunkOffsets.length - 1; chunk >= 0; chunk--) {
    if (chunk % stepsOfTurn === 0) yield;
    const offset = chunkOffsets[chunk]!;
    if (offset >= size) continue;
    const first = chunkFirstSamples[chunk]!;
    const count = chunkFirstSamples[chunk + 1]! - first;
    const stored = yield* countWithin(table, first, count, size - offset);
    if (stored > 0) return first + stored;
  }
  return 0;
}

/** How many of the first samples of a chunk fit into some bytes; of samples that are taken in groups, whole groups. */
function* countWithin(
  { sizes, grouping }: SampleTable,
  first: number,
  count: number,
  bytes: number,
): Generator<undefined, number> {
  if (grouping !== undefined) {
    const { samples, blockSamples, blockBytes } = grouping;
    if (Math.ceil(count / blockSamples) * blockBytes <= bytes) return count;
    return Math.floor(bytes / (Math.ceil(samples / blockSamples) * blockBytes)) * samples;
  }
  if (sizes.constant !== 0) return Math.min(count, Math.floor(bytes / sizes.constant));
  let left = bytes;
  for (let i = 0; i < count; i++) {
    if (i % stepsOfTurn === 0) yield;
    left -= sizes.sizes[first + i]!;
    if (left < 0) return i;
  }
  return count;
}
