import { rescale } from '../../time/rescale.js';
import type { Edit } from '../boxes/elst.js';
import { MAX_TIME } from '../times.js';
import type { EditScales } from './edit-timeline.js';

/** A part of the media, and when it is shown. All in ticks of the track. */
export interface EditPiece {
  /** Composition time at which it begins. */
  readonly start: number;
  /** Composition time at which it ends; undefined when it goes on to the end of the media. */
  readonly end: number | undefined;
  /** When it is shown, on the movie's timeline. */
  readonly at: number;
}

/** Parts of the media that are shown one after another. */
export interface EditCuts {
  /** At least two, in the order of the media. */
  readonly pieces: readonly EditPiece[];
  /** Ticks of the track by which ends may be off: durations count in the movie's coarser ticks. */
  readonly precision: number;
}

/** Parts of one track; an editor's work has some hundreds. */
const MAX_PIECES = 4096;

/**
 * Lists the parts that an edit list puts together. Edits that go on where the one before them ended are one.
 * @param edits - the list.
 * @param scales - its timescales.
 * @returns undefined when it is a single one, or when it is no matter of leaving parts out: where one is repeated, or comes before
 * one that it follows in the media, or runs faster or slower.
 */
export function listCuts(edits: readonly Edit[], scales: EditScales): EditCuts | undefined {
  const toTrack = (ticks: number): number => rescale(ticks, scales.movie, scales.track);
  const precision = Math.ceil(scales.track / scales.movie);
  const pieces: EditPiece[] = [];
  /** Ticks of the movie: sums are not rounded. */
  let position = 0;
  let isAfterEmpty = false;
  for (const { duration, mediaTime, rate } of edits) {
    const last = pieces.at(-1);
    const at = toTrack(position);
    position += duration;
    if (position > MAX_TIME || toTrack(position) > MAX_TIME) return undefined;
    if (mediaTime === undefined) {
      isAfterEmpty = true;
      continue;
    }
    // What is shown to the end can be the last one only.
    const isFollowed = rate === 1 && mediaTime <= MAX_TIME && (last === undefined || last.end !== undefined);
    if (!isFollowed) return undefined;
    const end = duration === 0 ? undefined : mediaTime + toTrack(position) - at;
    if (last === undefined || isAfterEmpty || Math.abs(mediaTime - last.end!) > precision) {
      if (last !== undefined && mediaTime < last.end! - precision) return undefined;
      pieces.push({ start: mediaTime, end, at });
    } else {
      pieces[pieces.length - 1] = { ...last, end };
    }
    if (pieces.length > MAX_PIECES) return undefined;
    isAfterEmpty = false;
  }
  return pieces.length < 2 ? undefined : { pieces, precision };
}
