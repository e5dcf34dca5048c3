import { InvariantError } from '../errors.js';
import { rescale } from '../time/rescale.js';
import { buildAudioSampleEntry } from './audio-sample-entry.js';
import { writeBoxes, type Box } from './box.js';
import { buildDinf } from './boxes/dinf.js';
import { buildDref } from './boxes/dref.js';
import { buildElng } from './boxes/elng.js';
import { buildFtyp } from './boxes/ftyp.js';
import { buildHdlr } from './boxes/hdlr.js';
import { buildMdhd } from './boxes/mdhd.js';
import { buildMdia } from './boxes/mdia.js';
import { buildMehd } from './boxes/mehd.js';
import { buildMinf } from './boxes/minf.js';
import { buildMoov } from './boxes/moov.js';
import { buildMvex } from './boxes/mvex.js';
import { buildMvhd } from './boxes/mvhd.js';
import { buildSmhd } from './boxes/smhd.js';
import { buildStbl } from './boxes/stbl.js';
import { buildStsd } from './boxes/stsd.js';
import { buildTkhd } from './boxes/tkhd.js';
import { buildTrak } from './boxes/trak.js';
import { buildTrex } from './boxes/trex.js';
import { buildUrl } from './boxes/url.js';
import { buildVmhd } from './boxes/vmhd.js';
import { initSegmentBrands } from './brands.js';
import { mp4Language } from './language.js';
import type { MuxTrack } from './mux-track.js';
import { buildVisualSampleEntry, declaredPixelAspectRatio } from './visual-sample-entry.js';

/** Milliseconds: fine enough for a duration that only a progress bar shows. */
const MOVIE_TIMESCALE = 1000;
/** Above this, a 16.16 field cannot hold a picture's size. */
const MAX_DISPLAY_SIZE = 0xffff;
/** Tracks of one type, of which a viewer chooses one, are one alternate group. */
const ALTERNATE_GROUPS = { video: 1, audio: 2 } as const;

/** What an init segment declares. */
export interface InitSegmentOptions {
  /** At least one track. */
  readonly tracks: readonly MuxTrack[];
  /** Duration of the whole stream in whole milliseconds, where it is known; stated in `mehd`. */
  readonly durationMs?: number | undefined;
  /**
   * State the duration in `mvhd`, `tkhd` and `mdhd` too. The specification counts only samples of the `moov` there, which
   * are none, and CMAF wants zero. But a stream that is read as one progressive file (`<video src>`) has no other place:
   * Chromium looks at `mdhd` alone, and without it knows only the duration of the fragments that have come so far.
   */
  readonly durationInHeaders?: boolean | undefined;
}

/**
 * Builds an init segment: `ftyp` and `moov`, without samples.
 * @returns one new buffer of exactly its size; the caller owns it.
 * @throws {LimitExceededError} when the source states a size that the fields cannot hold.
 * @throws {InvariantError} when there is no track, two have one track_ID, or a number is none that the fields can hold.
 * @see ISO/IEC 14496-12 - 8.16.1; ISO/IEC 23000-19 - 7.3.1
 */
export function buildInitSegment(options: InitSegmentOptions): Uint8Array {
  const { tracks, durationMs } = options;
  checkTracks(tracks);
  checkDuration(durationMs);
  const headerDurationMs = options.durationInHeaders === true ? (durationMs ?? 0) : 0;
  const mvhd = buildMvhd({
    timescale: MOVIE_TIMESCALE,
    duration: headerDurationMs,
    nextTrackId: Math.max(...tracks.map((track) => track.trackId)) + 1,
  });
  const mvex = buildMvex(
    durationMs === undefined ? undefined : buildMehd(durationMs),
    tracks.map((track) => buildTrex(track.trackId)),
  );
  const traks = tracks.map((track) =>
    buildTrak(buildTrackHeader(track, headerDurationMs, tracks), buildMedia(track, headerDurationMs)),
  );
  return writeBoxes([buildFtyp(initSegmentBrands(tracks)), buildMoov(mvhd, traks, mvex)]);
}

function checkDuration(durationMs: number | undefined): void {
  if (durationMs !== undefined && !(Number.isSafeInteger(durationMs) && durationMs >= 0)) {
    throw new InvariantError(`A duration of ${durationMs} ms cannot be stated.`);
  }
}

function checkTracks(tracks: readonly MuxTrack[]): void {
  if (tracks.length === 0) throw new InvariantError('An init segment needs a track.');
  const seen = new Set<number>();
  for (const { trackId, timescale } of tracks) {
    if (!(Number.isInteger(trackId) && trackId > 0 && trackId < 0xffffffff) || seen.has(trackId)) {
      throw new InvariantError(`The track_ID ${trackId} is not free or not a 32-bit number above 0.`);
    }
    if (!(Number.isInteger(timescale) && timescale > 0 && timescale <= 0xffffffff)) {
      throw new InvariantError(`The timescale ${timescale} is not a 32-bit number above 0.`, {
        context: { track: trackId },
      });
    }
    seen.add(trackId);
  }
}

function buildTrackHeader(track: MuxTrack, durationMs: number, tracks: readonly MuxTrack[]): Box {
  const alternatives = tracks.filter((other) => other.type === track.type);
  const chosen = alternatives.filter((other) => other.isDefault);
  const { width, height } = displaySize(track);
  return buildTkhd({
    trackId: track.trackId,
    duration: durationMs,
    // A type of track with no default at all would stay dark or silent: the first one then counts.
    isEnabled: chosen.length > 0 ? track.isDefault : track === alternatives[0],
    alternateGroup: alternatives.length > 1 ? ALTERNATE_GROUPS[track.type] : 0,
    isAudio: track.type === 'audio',
    pose: {
      rotation: track.type === 'video' ? track.rotation : 0,
      isMirrored: track.type === 'video' && track.isMirrored === true,
    },
    width,
    height,
  });
}

/**
 * The size at which the picture is shown with square pixels, before it is turned. Where a far-fetched pixel shape makes
 * it larger than the field holds, the coded size stands in, and `pasp` alone tells the shape.
 */
function displaySize(track: MuxTrack): { width: number; height: number } {
  if (track.type === 'audio') return { width: 0, height: 0 };
  const { width, height } = track.configuration;
  const [horizontal, vertical] = declaredPixelAspectRatio(track);
  const stretched = (width * horizontal) / vertical;
  return { width: stretched >= 0.5 && stretched <= MAX_DISPLAY_SIZE ? stretched : width, height };
}

function buildMedia(track: MuxTrack, durationMs: number): Box {
  const language = mp4Language(track.language);
  const isVideo = track.type === 'video';
  const sampleEntry = isVideo ? buildVisualSampleEntry(track) : buildAudioSampleEntry(track.configuration);
  return buildMdia(
    buildMdhd(track.timescale, rescale(durationMs, MOVIE_TIMESCALE, track.timescale), language.code),
    buildHdlr(isVideo ? 'vide' : 'soun', track.name ?? ''),
    language.extended === undefined ? undefined : buildElng(language.extended),
    buildMinf(
      isVideo ? buildVmhd() : buildSmhd(),
      buildDinf(buildDref([buildUrl()])),
      buildStbl(buildStsd(sampleEntry)),
    ),
  );
}
