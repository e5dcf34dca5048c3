import { checkLimit } from '../../bytes/limits.js';
import { MalformedMediaError } from '../../errors.js';
import type { Track } from '../../media/track.js';
import { findBox, viewBoxes, viewChildren, type BoxView } from '../box-view.js';
import { parseElng } from '../boxes/elng.js';
import { parseElst, type Edit } from '../boxes/elst.js';
import { parseHdlr, type Handler } from '../boxes/hdlr.js';
import { parseMdhd } from '../boxes/mdhd.js';
import type { TrackExtends } from '../boxes/trex.js';
import { canonicalLanguage } from '../language.js';
import { poseOf, type PictureTurn } from '../matrix.js';
import type { DamageLog } from '../../media/damage-log.js';
import { formsOf, type SampleForm } from './description-change.js';
import { LIMITS } from './limits.js';
import { viewStsd } from './sample-entry.js';
import { placeTrack, type PlacedTrack, type PlacingContext } from './place-track.js';
import { chunkOf, parseSampleTable, type SampleTable } from './sample-table.js';
import { demandBox, trackName, type TrakView } from './trak-view.js';
import { describeTrack, type TrackDescription, type TrackFacts } from './track-description.js';

/** A track as `moov` describes it. */
export interface MovieTrack extends PlacedTrack {
  /** What becomes of the samples of each sample entry; the first is of index 1. */
  readonly forms: readonly SampleForm[];
  /** What fragments leave unsaid. */
  readonly defaults: TrackExtends | undefined;
}

/** What a track's description refers to outside of it. */
export interface TrakContext extends PlacingContext {
  /** How the whole picture is turned. */
  readonly turn: PictureTurn;
  /** What fragments leave unsaid. */
  readonly defaults: TrackExtends | undefined;
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
  const placed = placeTrack(
    { track: description.track, table: groupSamples(table, description), edits: listEdits(view) },
    context,
    onFault,
  );
  return {
    ...placed,
    forms: formsOf(
      descriptions.map((entry) => entry?.track),
      declared,
    ),
    defaults: context.defaults,
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

function listEdits({ children }: TrakView): Edit[] {
  const edts = findBox(children, 'edts');
  const elst = edts && findBox(viewChildren(edts), 'elst');
  return elst === undefined ? [] : parseElst(elst);
}
