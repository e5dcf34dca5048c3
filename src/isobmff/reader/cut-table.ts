import type { Track } from '../../media/track.js';
import { cutWithinGroups } from './cut-within-groups.js';
import type { EditCuts, EditPiece } from './edit-cuts.js';
import {
  mostNegativeOffset,
  mostPositiveOffset,
  PLAIN_TIMELINE,
  type TrackTimeline,
} from './edit-timeline.js';
import {
  compositionTimeOf,
  decodeTimeOf,
  sampleAtDecodeTime,
  syncSampleAt,
  type SampleTable,
} from './sample-table.js';
import { endOfSplice, spliceTable, type Splice } from './splice-table.js';

/** A track whose edit list has been carried out. */
export interface CutTrack {
  /** Those of its samples that are shown, at the times at which they are. */
  readonly table: SampleTable;
  /** What is left to be done: where the first part begins and the last one ends. */
  readonly timeline: TrackTimeline;
  /** Pictures are hidden that those of the parts need: only who decodes them can show what the list says. */
  readonly isWithinGroups: boolean;
}

/** What must hold for a cut. */
export interface CutOptions {
  /** Pictures can be hidden where those that stay need them. */
  readonly mayHide: boolean;
}

/**
 * Carries out an edit list that leaves out what is between parts of the media. Pictures can be left out where those that stay
 * need none of them for decoding: a part must begin with a picture that decoding can begin at, and no picture that is shown
 * after its end may be decoded before the last one of it. Elsewhere they are hidden, where that is allowed. Sound is cut between
 * its frames; where parts abut, so do their frames, so that what was rounded is less than a frame's half wherever one looks.
 * @param track - what the track is.
 * @param table - its tables.
 * @param cuts - the parts.
 * @param options - whether pictures can be hidden.
 * @returns undefined when that cannot be done without showing something else than what the list says.
 */
export function cutTable(
  track: Track,
  table: SampleTable,
  cuts: EditCuts,
  { mayHide }: CutOptions,
): CutTrack | undefined {
  const isBlocked = table.grouping !== undefined && table.grouping.blockSamples !== 1;
  if (table.times.deltas.length === 0 || isBlocked) return undefined;
  const { pieces, precision } = cuts;
  const exact = beginsAnew(track, table) ? chooseAll(track, table, cuts) : undefined;
  const isWithinGroups = exact === undefined && mayHide && track.type === 'video';
  const splices = isWithinGroups ? cutWithinGroups(table, cuts, track.timescale) : exact;
  if (splices === undefined) return undefined;
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  const later = last.at - last.start - (first.at - first.start);
  return {
    table: spliceTable(table, splices),
    timeline: {
      ...PLAIN_TIMELINE,
      shift: first.at - first.start,
      start: first.start,
      end: last.end === undefined ? undefined : last.end + later,
      endPrecision: precision,
    },
    isWithinGroups,
  };
}

/** What each part takes, where none has to be hidden. */
function chooseAll(track: Track, table: SampleTable, { pieces, precision }: EditCuts): Splice[] | undefined {
  const first = pieces[0]!;
  const splices: Splice[] = [];
  const reach = { below: mostNegativeOffset(table), above: mostPositiveOffset(table) };
  for (const [i, piece] of pieces.entries()) {
    const place: PiecePlace = {
      piece,
      before: splices.at(-1),
      isLast: i === pieces.length - 1,
      // Times stay on the media's own timeline, as the first part has it.
      later: piece.at - piece.start - (first.at - first.start),
      precision,
      reach,
      mostTexts: Math.floor(MAX_TEXTS / pieces.length),
    };
    const chosen = choose(track.type, table, place);
    if (chosen === undefined) return undefined;
    for (const splice of chosen) splices.push(splice);
  }
  return splices;
}

/**
 * Whether decoding begins anew at each random access point, whatever was decoded before. H.264 and what came after it number their
 * pictures, and only an IDR picture, which none leads, begins with a new count: at another, decoders take its pictures for those
 * before the cut. Of HEVC and VVC the tables do not tell which they are, as an encoder need not use the pictures that may lead one.
 */
function beginsAnew({ codec }: Track, table: SampleTable): boolean {
  if (codec === 'hevc' || codec === 'vvc') return false;
  if (codec !== 'h264') return true;
  return (table.syncSamples ?? []).every(
    (sample) =>
      sample + 1 >= table.count || compositionTimeOf(table, sample + 1) >= compositionTimeOf(table, sample),
  );
}

/** A part, and what it comes after. */
interface PiecePlace {
  readonly piece: EditPiece;
  /** The last samples of the parts before it. */
  readonly before: Splice | undefined;
  readonly isLast: boolean;
  /** Ticks that have to be added to its times. */
  readonly later: number;
  readonly precision: number;
  /** The most by which composition times are before and behind decode times. */
  readonly reach: { readonly below: number; readonly above: number };
  /** The most texts that are looked at, each by itself. */
  readonly mostTexts: number;
}

function choose(type: Track['type'], table: SampleTable, place: PiecePlace): Splice[] | undefined {
  if (type === 'video') return choosePictures(table, place);
  return type === 'audio' ? chooseSound(table, place) : chooseText(table, place);
}

/** Pictures among which those are looked for that are shown in another order than decoded. */
const MAX_REORDERED = 1024;

function choosePictures(table: SampleTable, place: PiecePlace): Splice[] | undefined {
  const { piece, before, later, isLast } = place;
  const half = durationAt(table, piece.start) / 2;
  const first = before === undefined ? 0 : syncSampleAt(table, piece.start + half);
  const end = isLast ? table.count : endOfPictures(table, first, half, place);
  if (end === undefined || end <= first) return undefined;
  if (before === undefined) return [{ first, end, decodeTime: decodeTimeOf(table, first) }];
  // The list may count coarser than pictures do: the part begins with its first picture.
  const moved = piece.start - compositionTimeOf(table, first);
  if (Math.abs(moved) > half || first < before.end) return undefined;
  const splices = withoutLeading(table, first, end, later + moved);
  return splices[0]!.decodeTime > lastDecodeTime(table, before) ? splices : undefined;
}

/** @returns undefined when pictures of the part are decoded behind some that come after it. */
function endOfPictures(
  table: SampleTable,
  first: number,
  half: number,
  { piece, precision, reach }: PiecePlace,
): number | undefined {
  const end = piece.end! - Math.min(precision, half);
  const behind = Math.min(table.count - 1, sampleAtDecodeTime(table, end + reach.below));
  let last = behind;
  while (last >= first && compositionTimeOf(table, last) >= end) {
    if (behind - --last > MAX_REORDERED) return undefined;
  }
  for (let sample = last; sample >= first && decodeTimeOf(table, sample) + reach.above >= end; sample--) {
    if (compositionTimeOf(table, sample) >= end || last - sample > MAX_REORDERED) return undefined;
  }
  return last + 1;
}

/** Pictures that lead the first one refer to what is left out. The first one then is decoded when the last of them was. */
function withoutLeading(table: SampleTable, first: number, end: number, later: number): Splice[] {
  const shownFrom = compositionTimeOf(table, first);
  const most = Math.min(end, first + MAX_REORDERED);
  let behind = first + 1;
  while (behind < most && compositionTimeOf(table, behind) < shownFrom) behind++;
  if (behind === first + 1) return [{ first, end, decodeTime: decodeTimeOf(table, first) + later }];
  const decodeTime = decodeTimeOf(table, behind - 1) + later;
  const compositionOffset = shownFrom + later - decodeTime;
  const lead: Splice = { first, end: first + 1, decodeTime, compositionOffset };
  return behind < end
    ? [lead, { first: behind, end, decodeTime: decodeTimeOf(table, behind) + later }]
    : [lead];
}

function chooseSound(table: SampleTable, { piece, before, isLast, later }: PiecePlace): Splice[] | undefined {
  const { start, end } = piece;
  const half = durationAt(table, start) / 2;
  const endSample = isLast ? table.count : sampleFrom(table, end! - half);
  if (before === undefined) {
    return endSample === 0 ? undefined : [{ first: 0, end: endSample, decodeTime: decodeTimeOf(table, 0) }];
  }
  const free = endOfSplice(table, before);
  // Behind silence sound begins when it is to, and else where the sound before it ends.
  const isBehindSilence = start + later - free > 3 * half;
  const wanted = isBehindSilence ? start : free - later;
  const first = Math.max(before.end, sampleFrom(table, wanted - half));
  if (first >= endSample) return [];
  return [{ first, end: endSample, decodeTime: isBehindSilence ? decodeTimeOf(table, first) + later : free }];
}

/** Texts of all parts together: parts may overlap, where the list counts coarser than the track does. */
const MAX_TEXTS = 200_000;

/** What is shown beyond a cut is cut off there. */
function chooseText(
  table: SampleTable,
  { piece, before, isLast, later, mostTexts }: PiecePlace,
): Splice[] | undefined {
  const { start, end = Infinity } = piece;
  const first = before === undefined ? 0 : sampleAtDecodeTime(table, start);
  const endSample = isLast ? table.count : sampleFrom(table, end);
  if (endSample - first > mostTexts) return undefined;
  const splices: Splice[] = [];
  for (let sample = first; sample < endSample; sample++) {
    const from = Math.max(decodeTimeOf(table, sample), before === undefined ? 0 : start);
    const to = Math.min(decodeTimeOf(table, sample + 1), end);
    if (to <= from) continue;
    splices.push({ first: sample, end: sample + 1, decodeTime: from + later, delta: to - from });
  }
  return splices;
}

/** The first sample that is decoded at or after a time. */
function sampleFrom(table: SampleTable, time: number): number {
  const sample = sampleAtDecodeTime(table, time);
  return decodeTimeOf(table, sample) >= time ? sample : sample + 1;
}

function durationAt(table: SampleTable, time: number): number {
  const sample = sampleAtDecodeTime(table, time);
  return decodeTimeOf(table, sample + 1) - decodeTimeOf(table, sample);
}

function lastDecodeTime(table: SampleTable, splice: Splice): number {
  return splice.decodeTime + decodeTimeOf(table, splice.end - 1) - decodeTimeOf(table, splice.first);
}
