import { rescale } from '../../time/rescale.js';
import type { Edit } from '../boxes/elst.js';
import { MAX_TIME } from '../times.js';
import { compositionTimeOf, decodeTimeOf, sampleAtDecodeTime, type SampleTable } from './sample-table.js';

/** Where a track's media lie on the movie's timeline. */
export interface TrackTimeline {
  /** Presentation time minus composition time, in ticks of the track. */
  readonly shift: number;
  /**
   * Ticks by which decode times are put earlier, so that none is after its presentation time where composition offsets are
   * negative; the movie's timeline is that of presentation.
   */
  readonly decodeLead: number;
  /** Composition time from which on the media are shown; undefined for all of them. */
  readonly start: number | undefined;
  /** Composition time from which on they are not shown any more; undefined for all of them. */
  readonly end: number | undefined;
  /** Ticks of the track by which `end` may be off: edit lists count in the movie's coarser ticks. */
  readonly endPrecision: number;
}

/** A track without an edit list. */
export const PLAIN_TIMELINE: TrackTimeline = {
  shift: 0,
  decodeLead: 0,
  start: undefined,
  end: undefined,
  endPrecision: 0,
};

/** Ticks a second that edit lists speak of. */
export interface EditScales {
  /** Of durations: the movie's. */
  readonly movie: number;
  /** Of media times: the track's. */
  readonly track: number;
}

/**
 * Turns an edit list into one shift: some empty time, then the media from a point on, up to another. Edits that go on
 * where the one before them ended count as one. Where there is more to it, the first edit is followed, and all that
 * comes after it is shown without cuts.
 * @param edits - the list.
 * @param scales - its timescales.
 * @param onFault - told what cannot be followed.
 */
export function buildTimeline(
  edits: readonly Edit[],
  scales: EditScales,
  onFault: (reason: string) => void,
): TrackTimeline {
  const toTrack = (ticks: number): number => rescale(ticks, scales.movie, scales.track);
  const first = edits.findIndex(({ mediaTime }) => mediaTime !== undefined);
  if (first < 0) return PLAIN_TIMELINE;
  const empty = edits.slice(0, first).reduce((sum, { duration }) => sum + duration, 0);
  const start = edits[first]!.mediaTime!;
  const shift = Number.isSafeInteger(empty) ? toTrack(empty) - start : Infinity;
  const isBelievable = start <= MAX_TIME && Math.abs(shift) <= MAX_TIME;
  if (!isBelievable) {
    onFault('an edit list has times that are not believable, and is not followed');
    return PLAIN_TIMELINE;
  }
  const endPrecision = Math.ceil(scales.track / scales.movie);
  let end = start;
  let isOpen = false;
  let next = first;
  for (; next < edits.length && !isOpen; next++) {
    const { mediaTime, duration, rate } = edits[next]!;
    if (mediaTime === undefined || Math.abs(mediaTime - end) > endPrecision || rate !== 1) break;
    isOpen = duration === 0 || !Number.isSafeInteger(duration);
    if (!isOpen) end = mediaTime + toTrack(duration);
  }
  // What stays empty after the last picture is no matter to anyone.
  const rest = edits.slice(next).filter(({ mediaTime }) => mediaTime !== undefined);
  if (rest.length > 0 && !isOpen) {
    onFault(`of an edit list with ${edits.length} entries only the beginning is followed`);
    isOpen = true;
  }
  return {
    ...PLAIN_TIMELINE,
    shift,
    start,
    end: isOpen ? undefined : end,
    endPrecision,
  };
}

/** Audio decoders need what comes before; ffmpeg takes a second as well. */
const AUDIO_PREROLL_SECONDS = 1;

/**
 * Finds the sample before which an edit list ends its track; at least one is left.
 * @param first - the sample with which it begins.
 */
export function endOfShown(table: SampleTable, { end }: TrackTimeline, first: number): number {
  if (end === undefined) return table.count;
  let last = sampleAtDecodeTime(table, end + mostNegativeOffset(table));
  while (last >= first && compositionTimeOf(table, last) >= end) last--;
  // An edit that shows nothing at all is a fault of its writer.
  return last < first ? table.count : last + 1;
}

/**
 * Whether a picture is behind the end of an edit list, which may count coarser than pictures do.
 * @param compositionTime - of the picture.
 * @param duration - ticks for which it is shown.
 */
export function isBehindEnd(
  { end, endPrecision }: TrackTimeline,
  compositionTime: number,
  duration: number,
): boolean {
  return end !== undefined && compositionTime >= end - Math.min(endPrecision, duration / 2);
}

/** How far the most negative composition offset is below zero, in ticks. */
export function mostNegativeOffset({ compositionOffsets }: SampleTable): number {
  let most = 0;
  for (const offset of compositionOffsets?.offsets ?? []) most = Math.max(most, -offset);
  return most;
}

/** How far the largest composition offset is above zero, in ticks. */
export function mostPositiveOffset({ compositionOffsets }: SampleTable): number {
  let most = 0;
  for (const offset of compositionOffsets?.offsets ?? []) most = Math.max(most, offset);
  return most;
}

/** The sample at which decoding sound begins in order to hear a composition time right. */
export function audioStart(table: SampleTable, timescale: number, compositionTime: number): number {
  return sampleAtDecodeTime(table, compositionTime - AUDIO_PREROLL_SECONDS * timescale);
}

/** Samples among which the one that is shown first is looked for. */
const MAX_REORDERED = 1024;

/**
 * Moves the media so that its first picture is shown when its edit begins. Writers that forget to account for
 * reordering let the edit begin at 0, where no picture is yet; players (Chromium, and all that use libavformat) start
 * with the first picture nevertheless.
 * @param first - the sample with which decoding begins.
 */
export function alignFirstPicture(table: SampleTable, timeline: TrackTimeline, first: number): TrackTimeline {
  const { start, end } = timeline;
  if (start === undefined || compositionTimeOf(table, first) < start) return timeline;
  let earliest = Infinity;
  const last = Math.min(table.count, first + MAX_REORDERED);
  for (let sample = first; sample < last; sample++) {
    const time = compositionTimeOf(table, sample);
    if (time >= start && time < earliest) earliest = time;
    // Offsets below zero are rare, and then small; decode times only rise.
    if (decodeTimeOf(table, sample) > earliest) break;
  }
  if (earliest === Infinity) return timeline;
  const late = earliest - start;
  return { ...timeline, shift: timeline.shift - late, start: earliest, end: end && end + late };
}
