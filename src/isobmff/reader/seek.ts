import { rescale } from '../../time/rescale.js';
import type { FragmentIndex } from './fragment-index.js';
import type { MovieTrack } from './movie-track.js';
import { SampleCursor } from './sample-cursor.js';
import { compositionTimeOf, sampleAtDecodeTime, syncSampleAt, type SampleTable } from './sample-table.js';
import { sampleAtOffset, type Lane } from './table-planner.js';

/** Where reading is to begin: at an offset, at a time, or at the beginning. */
export interface SeekTarget {
  /** Nanoseconds on the movie's timeline. */
  readonly startNs?: number | undefined;
  /** Byte offset in the source. */
  readonly startOffset?: number | undefined;
}

/**
 * Finds where to begin in the tables of some tracks.
 * @param tracks - the tracks that are read.
 * @param seekTrack - the track whose random access points count.
 * @param target - where to begin. At a time, the seek track begins with the last random access point that is not after
 * it, and the others with what they show then.
 */
export function findLanes(
  tracks: readonly MovieTrack[],
  seekTrack: MovieTrack | undefined,
  target: SeekTarget,
): Lane[] {
  const startNs = target.startOffset === undefined ? seekTime(seekTrack, target.startNs) : undefined;
  const lanes: Lane[] = [];
  for (const track of tracks) {
    const { table, range } = track;
    if (table === undefined) continue;
    let start = range.first;
    if (target.startOffset !== undefined) start = sampleAtOffset(table, target.startOffset);
    else if (startNs !== undefined) start = sampleAtTime(track, table, startNs);
    lanes.push({ track, table, start: Math.max(start, range.first) });
  }
  return lanes;
}

/**
 * Finds the byte before which the samples of some tracks up to a time are stored.
 * @param lanes - the tracks, and where they begin.
 * @param endNs - nanoseconds on the movie's timeline.
 * @returns undefined when one of them ends before that time.
 */
export function offsetAtTime(lanes: readonly Lane[], endNs: number): number | undefined {
  let end: number | undefined;
  for (const { track, table, start } of lanes) {
    const time = rescale(endNs, 1e9, track.track.timescale, 'down') - track.timeline.shift;
    const sample = Math.max(start, sampleAtDecodeTime(table, time));
    const cursor = new SampleCursor(table, sample, track.range.end);
    if (cursor.isAtEnd) return undefined;
    end = Math.max(end ?? 0, cursor.offset + cursor.size);
  }
  return end;
}

/** The time at which the random access point stands that is to be begun with. */
function seekTime(seekTrack: MovieTrack | undefined, startNs: number | undefined): number | undefined {
  if (startNs === undefined || startNs <= 0 || seekTrack?.table === undefined) return startNs;
  const { table, timeline, track } = seekTrack;
  const sample = sampleAtTime(seekTrack, table, startNs);
  return Math.min(
    startNs,
    rescale(compositionTimeOf(table, sample) + timeline.shift, track.timescale, 1e9, 'up'),
  );
}

function sampleAtTime({ track, timeline }: MovieTrack, table: SampleTable, startNs: number): number {
  const time = rescale(startNs, 1e9, track.timescale, 'down') - timeline.shift;
  return track.type === 'video' ? syncSampleAt(table, time) : sampleAtDecodeTime(table, time);
}

/**
 * Finds the fragment with which to begin at a time: the one with the seek track's random access point, or one before it
 * where other tracks have fragments of their own.
 * @returns its byte offset; undefined when the index does not know.
 */
export function fragmentAt(
  index: FragmentIndex | undefined,
  tracks: ReadonlyMap<number, MovieTrack>,
  seekTrack: MovieTrack,
  startNs: number,
): number | undefined {
  const { track, timeline } = seekTrack;
  const time = rescale(startNs, 1e9, track.timescale, 'down') - timeline.shift;
  const point = index?.points.get(track.id)?.findLast((entry) => entry.time <= time);
  if (index === undefined || point === undefined) return undefined;
  let { offset } = point;
  const seconds = (point.time + timeline.shift) / track.timescale;
  for (const [id, points] of index.points) {
    const other = tracks.get(id);
    if (other === undefined || id === track.id) continue;
    const before = points.findLast(
      (entry) => (entry.time + other.timeline.shift) / other.track.timescale <= seconds,
    );
    offset = Math.min(offset, before?.offset ?? offset);
  }
  return offset;
}
