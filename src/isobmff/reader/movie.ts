import { checkLimit } from '../../bytes/limits.js';
import { MalformedMediaError, SegmintError, UnsupportedMediaError } from '../../errors.js';
import { rescale } from '../../time/rescale.js';
import { findBox, viewChildren, type BoxView } from '../box-view.js';
import { parseMehd } from '../boxes/mehd.js';
import { parseMvhd } from '../boxes/mvhd.js';
import { parseTrex, type TrackExtends } from '../boxes/trex.js';
import type { DamageLog } from '../../media/damage-log.js';
import { LIMITS } from './limits.js';
import { parseMetadata, type Metadata } from './metadata.js';
import { parseTrak, type MovieTrack } from './movie-track.js';
import { viewTrak, type TrakView } from './trak-view.js';

/** What `moov` says. */
export interface Movie {
  /** Tracks that a player could use, in stored order. */
  readonly tracks: readonly MovieTrack[];
  /** Whether fragments follow. */
  readonly isFragmented: boolean;
  /** Duration in nanoseconds, where the file states a believable one or its tables tell. */
  readonly durationNs: number | undefined;
  /** Titles, chapters, and what else is said. */
  readonly metadata: Metadata;
  /** The track of text that holds the chapters; undefined where there is none. */
  readonly chapterTrack: MovieTrack | undefined;
}

/**
 * Parses a MovieBox, and may be interrupted after each track: the tables of a long film take some ten milliseconds each.
 * @param moov - the box.
 * @param damage - told which tracks are left out, and what of their tables cannot be followed.
 * @param mayHide - pictures may be hidden that edit lists leave out and others need.
 * @throws {MalformedMediaError} when a box that must be there is not, or is broken.
 * @throws {UnsupportedMediaError} when it is compressed.
 * @throws {LimitExceededError} when a count is above its cap.
 * @see ISO/IEC 14496-12 - 8.2
 */
export function* parseMovie(moov: BoxView, damage: DamageLog, mayHide: boolean): Generator<undefined, Movie> {
  const children = viewChildren(moov);
  if (findBox(children, 'cmov') !== undefined) {
    throw new UnsupportedMediaError(
      'The file has a compressed movie header (cmov), an old form of QuickTime that cannot be read; save it anew.',
      { context: { element: 'moov/cmov', offset: moov.offset } },
    );
  }
  const mvhd = findBox(children, 'mvhd');
  if (mvhd === undefined) {
    throw new MalformedMediaError('The movie has no header (mvhd).', {
      context: { element: 'moov', offset: moov.offset, spec: 'ISO/IEC 14496-12 - 8.2.2' },
    });
  }
  const header = parseMvhd(mvhd);
  const metadata = readMetadata(children, damage);
  const mvex = findBox(children, 'mvex');
  const extensions = mvex === undefined ? [] : viewChildren(mvex);
  const defaults = parseDefaults(extensions);
  const traks = children.filter(({ type }) => type === 'trak');
  checkLimit('number of tracks', traks.length, LIMITS.tracks, { element: 'moov', offset: moov.offset });
  const views = traks.flatMap((trak) => leaveOutBroken(damage, trak, () => viewTrak(trak)) ?? []);
  const parse = (view: TrakView, mayCut: boolean): MovieTrack | undefined =>
    leaveOutBroken(damage, view.box, () =>
      parseTrak(view, {
        movieTimescale: header.timescale,
        turn: header.turn,
        isFragmented: mvex !== undefined,
        defaults: defaults.get(view.header.trackId),
        gapless: metadata.gapless,
        mayCut,
        mayHide,
        damage,
      }),
    );
  // Their titles, and pictures of them.
  const chapterTracks = new Set(views.flatMap(({ chapterTrackIds }) => chapterTrackIds));
  const parsed = new Map<number, MovieTrack>();
  let chapterTrack: MovieTrack | undefined;
  for (const view of views) {
    const { trackId } = view.header;
    const isOfChapters = chapterTracks.has(trackId);
    if (trackId === 0 || parsed.has(trackId) || (isOfChapters && chapterTrack !== undefined)) continue;
    const track = parse(view, true);
    if (isOfChapters) chapterTrack = track && isText(track) ? track : undefined;
    else if (track !== undefined) parsed.set(trackId, track);
    yield;
  }
  // What is cut out of one track and not of another would set them apart.
  const mayCut = [...parsed.values()].every(({ edits }) => edits !== 'begun');
  for (const view of mayCut ? [] : views) {
    const { trackId } = view.header;
    if (chapterTrack?.edits === 'cut' && chapterTrack.track.id === trackId) chapterTrack = parse(view, false);
    if (parsed.get(trackId)?.edits !== 'cut') continue;
    const uncut = parse(view, false);
    if (uncut !== undefined) parsed.set(trackId, uncut);
    yield;
  }
  const tracks = [...parsed.values()];
  const fragmentsTicks = mehdDuration(extensions) ?? header.duration;
  const durationNs =
    mvex === undefined
      ? longest(tracks)
      : believable(fragmentsTicks && rescale(fragmentsTicks, header.timescale, 1e9));
  return { tracks, isFragmented: mvex !== undefined, durationNs, metadata, chapterTrack };
}

/** Text in tables, as chapters are. */
function isText({ track, table }: MovieTrack): boolean {
  return track.type === 'subtitle' && track.codec === 'mov_text' && table !== undefined;
}

/** A track that is broken must not cost the others. */
function leaveOutBroken<Result>(damage: DamageLog, trak: BoxView, parse: () => Result): Result | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MalformedMediaError)) throw error;
    damage.add('dropped', trak.offset, trak.body.length, `A track is left out: ${error.message}`);
    return undefined;
  }
}

function readMetadata(children: readonly BoxView[], damage: DamageLog): Metadata {
  const udta = findBox(children, 'udta');
  try {
    return parseMetadata(udta);
  } catch (error) {
    if (!(error instanceof SegmintError)) throw error;
    damage.add('dropped', udta?.offset ?? 0, udta?.body.length ?? 0, error.message);
    return parseMetadata(undefined);
  }
}

function parseDefaults(extensions: readonly BoxView[]): Map<number, TrackExtends> {
  const defaults = new Map<number, TrackExtends>();
  for (const box of extensions) {
    if (box.type !== 'trex') continue;
    const trex = parseTrex(box);
    defaults.set(trex.trackId, trex);
  }
  return defaults;
}

function mehdDuration(extensions: readonly BoxView[]): number | undefined {
  const mehd = findBox(extensions, 'mehd');
  const duration = mehd === undefined ? 0 : parseMehd(mehd);
  return duration === 0 ? undefined : duration;
}

/** Where the longest track ends: the tables know better than the header. */
function longest(tracks: readonly MovieTrack[]): number | undefined {
  let end = 0;
  for (const { endNs } of tracks) end = Math.max(end, endNs ?? 0);
  return believable(end);
}

function believable(durationNs: number | undefined): number | undefined {
  const isBelievable =
    durationNs !== undefined && durationNs > 0 && durationNs <= LIMITS.durationSeconds * 1e9;
  return isBelievable ? durationNs : undefined;
}
