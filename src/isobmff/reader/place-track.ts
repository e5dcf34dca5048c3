import { opusSampleRate } from '../../codecs/opus/configure.js';
import { preSkipOf } from '../../codecs/opus/opus-head.js';
import type { Track } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import type { Edit } from '../boxes/elst.js';
import { cutTable } from './cut-table.js';
import { listCuts } from './edit-cuts.js';
import {
  alignFirstPicture,
  audioStart,
  buildTimeline,
  endOfShown,
  mostNegativeOffset,
  type TrackTimeline,
} from './edit-timeline.js';
import { withoutGaps, type Gapless } from './gapless.js';
import {
  compositionTimeOf,
  decodeTimeOf,
  durationOf,
  syncSampleAt,
  type SampleTable,
} from './sample-table.js';

/** Samples of a track that are read, in decode order. */
export interface SampleRange {
  /** The first one. */
  readonly first: number;
  /** The one before which to end. */
  readonly end: number;
}

/** A track whose edit list has been followed. */
export interface PlacedTrack {
  /** What players need to know. */
  readonly track: Track;
  /** Where its media lie on the movie's timeline. */
  readonly timeline: TrackTimeline;
  /** Its samples; undefined when they are all in fragments. */
  readonly table: SampleTable | undefined;
  /** Those samples of the table that are read. */
  readonly range: SampleRange;
  /**
   * What has become of its edit list. `cut`: the table holds only what the list shows. `begun`: the list is followed at its
   * beginning alone. `followed`: there is no more to it.
   */
  readonly edits: 'followed' | 'cut' | 'begun';
  /** Where the last sample of the table ends, in nanoseconds on the movie's timeline. */
  readonly endNs: number | undefined;
}

/** A track as its boxes describe it. */
export interface UnplacedTrack {
  /** What players need to know, but for the duration of a frame. */
  readonly track: Track;
  /** Its samples; undefined when they are all in fragments. */
  readonly table: SampleTable | undefined;
  /** Its edit list; empty when it has none. */
  readonly edits: readonly Edit[];
}

/** What edit lists depend on. */
export interface PlacingContext {
  /** Ticks a second of edit durations. */
  readonly movieTimescale: number;
  /** Whether fragments follow. */
  readonly isFragmented: boolean;
  /** What an encoder of sound added, as iTunes states it. */
  readonly gapless: Gapless | undefined;
  /** Edit lists that leave out something in the middle are carried out, where that can be done. */
  readonly mayCut: boolean;
  /** And where that needs pictures that are decoded and not shown. */
  readonly mayHide: boolean;
}

/**
 * Places a track on the movie's timeline.
 * @param unplaced - the track.
 * @param context - what its edit list depends on.
 * @param onFault - told what of the list cannot be followed.
 */
export function placeTrack(
  { track: described, table: stored, edits }: UnplacedTrack,
  context: PlacingContext,
  onFault: (reason: string) => void,
): PlacedTrack {
  const scales = { movie: context.movieTimescale, track: described.timescale };
  const cuts = context.mayCut && !context.isFragmented ? listCuts(edits, scales) : undefined;
  const cut = stored && cuts && cutTable(described, stored, cuts, context);
  const isCutWithinGroups = cut?.isWithinGroups === true;
  const table = cut?.table ?? stored;
  const track: Track = {
    ...described,
    // Pictures that are hidden have times of their own.
    defaultDuration: constantDuration(isCutWithinGroups ? stored : table),
    ...(isCutWithinGroups && { isCutWithinGroups }),
  };
  const faults: string[] = [];
  const listed =
    cut === undefined
      ? withoutEncoderDelay(
          track,
          stored,
          buildTimeline(edits, scales, (reason) => faults.push(reason)),
          context,
        )
      : withPreSkip(track, cut.timeline);
  for (const fault of faults) onFault(fault);
  const placed = placeOnTimeline(track, table, listed, context.isFragmented);
  return {
    track,
    table,
    ...placed,
    edits: cut !== undefined ? 'cut' : faults.length > 0 ? 'begun' : 'followed',
    endNs: table && endOf(table, placed, track.timescale),
  };
}

/** Duration of a frame, where all but the last are of the same. */
function constantDuration(table: SampleTable | undefined): number | undefined {
  // What `trex` says is often not what fragments hold.
  if (table === undefined || table.grouping !== undefined) return undefined;
  const { deltas, firstSamples } = table.times;
  const isConstant = deltas.length === 1 || (deltas.length === 2 && firstSamples[1]! >= table.count - 1);
  return isConstant && deltas[0] !== 0 ? deltas[0] : undefined;
}

function withoutEncoderDelay(
  track: Track,
  table: SampleTable | undefined,
  listed: TrackTimeline,
  { gapless }: PlacingContext,
): TrackTimeline {
  const mediaTicks = table && decodeTimeOf(table, table.count);
  return withoutGaps(track, withPreSkip(track, listed), gapless, mediaTicks);
}

function placeOnTimeline(
  track: Track,
  table: SampleTable | undefined,
  listed: TrackTimeline,
  isFragmented: boolean,
): { timeline: TrackTimeline; range: SampleRange } {
  let timeline = listed;
  // The list of a fragmented file speaks of what `moov` holds: nothing as a rule.
  if (isFragmented) timeline = { ...timeline, end: undefined };
  if (table === undefined) return { timeline, range: { first: 0, end: 0 } };
  const isAudio = track.type === 'audio';
  const { start } = timeline;
  let first = 0;
  if (start !== undefined) {
    first = isAudio ? audioStart(table, track.timescale, start) : syncSampleAt(table, start);
  }
  timeline = alignFirstPicture(table, { ...timeline, decodeLead: mostNegativeOffset(table) }, first);
  return { timeline, range: { first, end: endOfShown(table, timeline, first) } };
}

/**
 * What the decoder of Opus leaves out by itself at the beginning is not left out by the edit list once more: it is to be had, as in
 * every other container.
 * @see Encapsulation of Opus in ISO Base Media File Format, section 4.4
 */
function withPreSkip(track: Track, timeline: TrackTimeline): TrackTimeline {
  const { start } = timeline;
  if (track.type !== 'audio' || track.codec !== 'opus' || start === undefined) return timeline;
  const preSkip = rescale(preSkipOf(track.codecPrivate), opusSampleRate, track.timescale);
  return { ...timeline, start: Math.max(0, start - preSkip) };
}

/** Samples at the end among which the one that is shown last is looked for. */
const MAX_REORDERED = 64;

function endOf(
  table: SampleTable,
  { timeline, range }: { timeline: TrackTimeline; range: SampleRange },
  timescale: number,
): number | undefined {
  let end = -Infinity;
  for (let sample = Math.max(range.first, range.end - MAX_REORDERED); sample < range.end; sample++) {
    end = Math.max(end, compositionTimeOf(table, sample) + durationOf(table, sample));
  }
  if (end === -Infinity) return undefined;
  return rescale(Math.min(end, timeline.end ?? Infinity) + timeline.shift, timescale, 1e9);
}
