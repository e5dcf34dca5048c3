import { checkLimit } from '../../bytes/limits.js';
import { opusSampleRate } from '../../codecs/opus/configure.js';
import { preSkipOf } from '../../codecs/opus/opus-head.js';
import { MalformedMediaError } from '../../errors.js';
import type { Track } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import { findBox, viewBoxes, viewChildren, type BoxView } from '../box-view.js';
import { parseElng } from '../boxes/elng.js';
import { parseElst } from '../boxes/elst.js';
import { parseHdlr, type Handler } from '../boxes/hdlr.js';
import { parseMdhd } from '../boxes/mdhd.js';
import type { TrackExtends } from '../boxes/trex.js';
import { canonicalLanguage } from '../language.js';
import { poseOf, type PictureTurn } from '../matrix.js';
import type { DamageLog } from '../../media/damage-log.js';
import { formsOf, type SampleForm } from './description-change.js';
import {
  alignFirstPicture,
  audioStart,
  buildTimeline,
  mostNegativeOffset,
  PLAIN_TIMELINE,
  endOfShown,
  type TrackTimeline,
} from './edit-timeline.js';
import { withoutGaps, type Gapless } from './gapless.js';
import { LIMITS } from './limits.js';
import { viewStsd } from './sample-entry.js';
import {
  chunkOf,
  compositionTimeOf,
  decodeTimeOf,
  parseSampleTable,
  syncSampleAt,
  type SampleTable,
} from './sample-table.js';
import { demandBox, trackName, type TrakView } from './trak-view.js';
import { describeTrack, type TrackDescription, type TrackFacts } from './track-description.js';

/** Samples of a track that are read, in decode order. */
export interface SampleRange {
  /** The first one. */
  readonly first: number;
  /** The one before which to end. */
  readonly end: number;
}

/** A track as `moov` describes it. */
export interface MovieTrack {
  /** What players need to know. */
  readonly track: Track;
  /** Where its media lie on the movie's timeline. */
  readonly timeline: TrackTimeline;
  /** Its samples; undefined when they are all in fragments. */
  readonly table: SampleTable | undefined;
  /** Those samples of the table that are read. */
  readonly range: SampleRange;
  /** What becomes of the samples of each sample entry; the first is of index 1. */
  readonly forms: readonly SampleForm[];
  /** What fragments leave unsaid. */
  readonly defaults: TrackExtends | undefined;
  /** Where the last sample of the table ends, in nanoseconds on the movie's timeline. */
  readonly endNs: number | undefined;
}

/** What a track's description refers to outside of it. */
export interface TrakContext {
  /** Ticks a second of edit durations. */
  readonly movieTimescale: number;
  /** How the whole picture is turned. */
  readonly turn: PictureTurn;
  /** Whether fragments follow. */
  readonly isFragmented: boolean;
  /** What fragments leave unsaid. */
  readonly defaults: TrackExtends | undefined;
  /** What an encoder of sound added, as iTunes states it. */
  readonly gapless: Gapless | undefined;
  /** Told what is left out. */
  readonly damage: DamageLog;
}

/**
 * Parses a TrackBox.
 * @returns undefined when its media are nothing that is played.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken.
 */
export function parseTrak(view: TrakView, context: TrakContext): MovieTrack | undefined {
  const { box, header } = view;
  const mdia = viewChildren(demandBox(view.children, 'mdia', box));
  const handler = parseHdlr(demandBox(mdia, 'hdlr', box));
  const kind = kindOf(handler);
  if (kind === undefined) return undefined;
  const minf = viewChildren(demandBox(mdia, 'minf', box));
  const stbl = viewChildren(demandBox(minf, 'stbl', box));
  const media = parseMdhd(demandBox(mdia, 'mdhd', box));
  const elng = findBox(mdia, 'elng');
  const facts: TrackFacts = {
    id: header.trackId,
    timescale: media.timescale,
    language: elng === undefined ? media.language : canonicalLanguage(parseElng(elng)),
    name: trackName(view, handler),
    isDefault: header.isEnabled,
    defaultDuration: undefined,
    ...poseOf(context.turn, header.turn),
    displayWidth: header.width,
    displayHeight: header.height,
  };
  const stsd = viewStsd(demandBox(stbl, 'stsd', box));
  const onFault = (reason: string): void => {
    context.damage.add('dropped', box.offset, 0, `In track ${header.trackId} ${reason}.`);
  };
  const table = parseSampleTable(stbl, onFault);
  const descriptions = describeEntries(kind, stsd.entries, facts, stsd.version === 1);
  const declared = declaredIndex(table, descriptions, context.defaults);
  const description = descriptions[declared];
  if (description === undefined) {
    throw new MalformedMediaError(`Track ${header.trackId} has no sample entry that can be read.`, {
      context: { element: 'stsd', offset: box.offset, track: header.trackId },
    });
  }
  if (!isSelfContained(minf, description.dataReferenceIndex)) {
    onFault('the samples are in another file; the track is left out');
    return undefined;
  }
  const grouped = groupSamples(table, description);
  const track: Track = { ...description.track, defaultDuration: constantDuration(grouped) };
  const placed = placeOnTimeline(view, track, grouped, context, onFault);
  return {
    track,
    table: grouped,
    ...placed,
    forms: formsOf(
      descriptions.map((entry) => entry?.track),
      declared,
    ),
    defaults: context.defaults,
    endNs: grouped && endOf(grouped, placed, media.timescale),
  };
}

function kindOf({ handlerType }: Handler): Track['type'] | undefined {
  switch (handlerType) {
    case 'vide':
      return 'video';
    case 'soun':
      return 'audio';
    case 'subt':
    case 'sbtl':
    case 'text':
    case 'clcp':
    case 'subp':
      return 'subtitle';
    default:
      return undefined;
  }
}

function describeEntries(
  kind: Track['type'],
  entries: readonly BoxView[],
  facts: TrackFacts,
  isIsoVersion1: boolean,
): (TrackDescription | undefined)[] {
  return entries.map((entry) => {
    try {
      return describeTrack(kind, entry, facts, isIsoVersion1);
    } catch (error) {
      if (entries.length > 1 && error instanceof MalformedMediaError) return undefined;
      throw error;
    }
  });
}

/** The entry of the first sample; in a fragmented file the one that fragments use unless they say otherwise. */
function declaredIndex(
  table: SampleTable | undefined,
  descriptions: readonly unknown[],
  defaults: TrackExtends | undefined,
): number {
  const first = table === undefined ? undefined : runOfFirstSample(table);
  const index = (first ?? defaults?.descriptionIndex ?? 1) - 1;
  return descriptions[index] === undefined ? Math.max(0, descriptions.findIndex(Boolean)) : index;
}

function runOfFirstSample(table: SampleTable): number | undefined {
  const chunk = chunkOf(table, 0);
  const { firstChunks, descriptionIndices } = table.chunkRuns;
  const run = firstChunks.findLastIndex((first) => first <= chunk);
  return descriptionIndices[run];
}

/** Whether the samples are in this file. ISO/IEC 14496-12 - 8.7.2 */
function isSelfContained(minf: readonly BoxView[], index: number): boolean {
  const dinf = findBox(minf, 'dinf');
  const dref = dinf && findBox(viewChildren(dinf), 'dref');
  if (dref === undefined || dref.body.length < 8) return true;
  const reference = viewBoxes(dref.body.subarray(8), dref.bodyOffset + 8)[index - 1];
  return reference === undefined || reference.body.length < 4 || (reference.body[3]! & 1) !== 0;
}

/** Sound is taken in groups where each of its samples is one tick long: it is then stored by the sample. */
function groupSamples(
  table: SampleTable | undefined,
  { grouping }: TrackDescription,
): SampleTable | undefined {
  if (table === undefined) return undefined;
  const { deltas } = table.times;
  const isBySample = deltas.length > 0 && deltas.every((delta) => delta === 1);
  if (grouping !== undefined && isBySample) return { ...table, grouping };
  checkLimit('number of samples of a track', table.count, LIMITS.samples);
  return table;
}

/** Duration of a frame, where all but the last are of the same. */
function constantDuration(table: SampleTable | undefined): number | undefined {
  // What `trex` says is often not what fragments hold.
  if (table === undefined || table.grouping !== undefined) return undefined;
  const { deltas, firstSamples } = table.times;
  const isConstant = deltas.length === 1 || (deltas.length === 2 && firstSamples[1]! >= table.count - 1);
  return isConstant && deltas[0] !== 0 ? deltas[0] : undefined;
}

function placeOnTimeline(
  view: TrakView,
  track: Track,
  table: SampleTable | undefined,
  context: TrakContext,
  onFault: (reason: string) => void,
): { timeline: TrackTimeline; range: SampleRange } {
  const edts = findBox(view.children, 'edts');
  const elst = edts && findBox(viewChildren(edts), 'elst');
  const scales = { movie: context.movieTimescale, track: track.timescale };
  let timeline = elst === undefined ? PLAIN_TIMELINE : buildTimeline(parseElst(elst), scales, onFault);
  const mediaTicks = table && decodeTimeOf(table, table.count);
  timeline = withoutGaps(track, withPreSkip(track, timeline), context.gapless, mediaTicks);
  // The list of a fragmented file speaks of what `moov` holds: nothing as a rule.
  if (context.isFragmented) timeline = { ...timeline, end: undefined };
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
    const duration = decodeTimeOf(table, sample + 1) - decodeTimeOf(table, sample);
    end = Math.max(end, compositionTimeOf(table, sample) + duration);
  }
  if (end === -Infinity) return undefined;
  return rescale(Math.min(end, timeline.end ?? Infinity) + timeline.shift, timescale, 1e9);
}
