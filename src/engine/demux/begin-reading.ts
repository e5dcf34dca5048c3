import { INSPECTED_BYTES } from '../../codecs/keyframe-collector.js';
import type { SampleOptions } from '../../media/demuxer.js';
import type { KeyframeScan } from '../../media/keyframe-scan.js';
import { rescale } from '../../time/rescale.js';
import type { StreamTrack } from './describe-tracks.js';
import {
  goToPlace,
  goToTime,
  isUnindexed,
  locateKeyframe,
  placeOfKeyframe,
  type Place,
} from './find-place.js';
import type { LibavSession } from './libav-session.js';
import { LEFT_OUT, NO_BYTES, type SampleReader } from './sample-reader.js';

/** What is known of a source when samples are asked for. */
export interface KnownOfSource {
  /** All tracks. */
  readonly tracks: readonly StreamTrack[];
  /** What a scan of it found. */
  readonly scan: KeyframeScan | undefined;
  /** Whether it can be read from any place on. */
  readonly isSeekable: boolean;
  /** Makes a reader of the session from where that stands, which takes so many bytes of each track's samples. */
  readonly createReader: (bytesOf: (track: StreamTrack) => number) => SampleReader;
}

/**
 * Brings a session to where the samples that are asked for begin.
 * @param session - at any place; it is opened anew where that must be.
 * @param options - what is asked for, and a signal.
 * @param known - of the source.
 * @returns undefined for the beginning, or when the session stands where libavformat went by itself.
 * @throws {EngineError | SourceError} when the source cannot be read.
 */
export async function beginReading(
  session: LibavSession,
  options: SampleOptions,
  known: KnownOfSource,
): Promise<Place | undefined> {
  const { startNs, signal } = options;
  const track = chooseSeekTrack(options.seekTrackId, known);
  if (known.isSeekable && track !== undefined && startNs !== undefined) {
    await learnTimes(session, { timeNs: startNs, track }, known, signal);
  }
  const place = known.isSeekable ? await findStart(session, options, track, known) : undefined;
  if (place === 'there') return undefined;
  if (place === undefined || place.offset <= 0) {
    if (!session.isFresh) await session.reopen(signal);
    return undefined;
  }
  await goToPlace(session, place, track, signal);
  return place;
}

/** Finds where to begin. Returns `there` when the session stands there already. */
async function findStart(
  session: LibavSession,
  options: SampleOptions,
  track: StreamTrack | undefined,
  { scan, createReader }: KnownOfSource,
): Promise<Place | 'there' | undefined> {
  const { startNs, startOffset, signal } = options;
  const keyframes = scan?.keyframes ?? [];
  if (startOffset !== undefined) {
    const known = placeOfKeyframe(keyframes, { offset: startOffset });
    return {
      offset: startOffset,
      timeNs: known?.timeNs ?? startNs,
      isExact: known?.offset === startOffset,
    };
  }
  if (startNs === undefined) return undefined;
  if (track === undefined) return undefined;
  const isScanned = track.track.id === scan?.trackId && scan.isComplete;
  // What is before the first random access point begins at the beginning.
  if (isScanned) return placeOfKeyframe(keyframes, { timeNs: startNs });
  if (!isUnindexed(session.opened.container)) {
    return (await goToTime(session, startNs, track, signal)) ? 'there' : undefined;
  }
  // Where times are found by the order of pictures, what tells that order is wanted.
  const sought = track.isPartlyTimed === true ? INSPECTED_BYTES : NO_BYTES;
  const isSought = (one: StreamTrack): number => (one === track ? sought : LEFT_OUT);
  return await locateKeyframe(session, { timeNs: startNs, track }, () => createReader(isSought), signal);
}

/** Where only frames tell how long they last, reads as far as is needed to know where a time is. */
async function learnTimes(
  session: LibavSession,
  { timeNs, track }: { readonly timeNs: number; readonly track: StreamTrack },
  { createReader }: KnownOfSource,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { clock, ticksPerUnit } = track;
  const time = rescale(Math.round(timeNs), 1e9, track.track.timescale) / ticksPerUnit;
  if (clock === undefined || clock.knows(time)) return;
  if (!session.isFresh) await session.reopen(signal);
  const reader = createReader((one) => (one === track ? NO_BYTES : LEFT_OUT));
  while (!clock.knows(time) && (await reader.next(signal)) !== undefined);
}

function chooseSeekTrack(
  trackId: number | undefined,
  { tracks, scan }: KnownOfSource,
): StreamTrack | undefined {
  const wanted = trackId ?? scan?.trackId;
  return (
    tracks.find(({ track }) => track.id === wanted) ??
    tracks.find(({ track }) => track.type === 'video') ??
    tracks.find(({ track }) => track.type === 'audio')
  );
}
