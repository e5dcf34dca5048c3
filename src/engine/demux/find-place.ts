import type { Keyframe } from '../../media/media-index.js';
import { rescale } from '../../time/rescale.js';
import { isUntimed, type StreamTrack } from './describe-tracks.js';
import type { LibavSession } from './libav-session.js';
import type { SampleReader } from './sample-reader.js';

/** A place in a source at which a session can begin. */
export interface Place {
  /** The first byte that is wanted. */
  readonly offset: number;
  /** About when that is, in nanoseconds, where it is known. */
  readonly timeNs: number | undefined;
  /** Whether `offset` is that of a packet, as libavformat gave it. */
  readonly isExact: boolean;
}

/**
 * Bytes before the wanted place at which reading a stream without an index of its own begins: parsers find their first
 * whole frame there, and know its time, before it counts.
 */
const LEAD_BYTES = 512 * 1024;

/** Containers whose packets are recognised wherever reading begins. */
const SELF_SYNCHRONIZING: ReadonlySet<string> = new Set(['mpegts', 'mpeg']);

/** How far before a wanted time a random access point is looked for, in seconds, one after another. */
const STEPS_BACK_S = [4, 16, 64, 256] as const;

/** Whether a container has neither an index nor places that lead to one: time is found by trying. */
export function isUnindexed(container: string): boolean {
  return SELF_SYNCHRONIZING.has(container);
}

/** Where reading begins so that everything from an offset on is had. */
export function readingStart(container: string, offset: number): number {
  return SELF_SYNCHRONIZING.has(container) ? Math.max(0, offset - LEAD_BYTES) : offset;
}

/** The last key frame that is not after a time, or that does not stand behind a byte. */
export function placeOfKeyframe(
  keyframes: readonly Keyframe[],
  limit: { readonly timeNs: number } | { readonly offset: number },
): Place | undefined {
  const isWithin = (one: Keyframe): boolean =>
    'timeNs' in limit ? one.timeNs <= limit.timeNs : one.offset <= limit.offset;
  const keyframe = keyframes.findLast(isWithin);
  return keyframe && { offset: keyframe.offset, timeNs: keyframe.timeNs, isExact: true };
}

/**
 * Brings a session to where reading on gives all packets that stand at a place or behind it; those that stand before it
 * come too.
 * @param session - at any place; it is opened anew where that must be.
 * @param place - where reading is to begin.
 * @param track - the track by whose random access points libavformat seeks.
 */
export async function goToPlace(
  session: LibavSession,
  place: Place,
  track: StreamTrack | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const container = session.opened.container;
  if (SELF_SYNCHRONIZING.has(container)) {
    const byte = readingStart(container, place.offset);
    if (byte > 0 && (await session.seek({ byte }, signal))) return;
  } else if (container === 'flv') {
    // Without an index in the file libavformat would read it from the beginning; a tag's own place needs none.
    if (place.isExact && (await session.seek({ byte: place.offset }, signal))) return;
  } else if (place.timeNs !== undefined && track !== undefined) {
    if (await goToTime(session, place.timeNs, track, signal)) return;
  }
  if (!session.isFresh) await session.reopen(signal);
}

/**
 * Brings a session to where libavformat thinks that a time is, as a rule at a random access point before it.
 * @returns false when it cannot; the session then stands anywhere.
 */
export async function goToTime(
  session: LibavSession,
  timeNs: number,
  { index, track, ticksPerUnit, shownLater, clock }: StreamTrack,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // What is counted from the beginning is known only when read from there.
  if (isUntimed(session.opened.container)) return false;
  const shownAt = rescale(Math.round(timeNs), 1e9, track.timescale, 'down');
  // Places are found by decode times.
  const decodedAt = shownAt - shownLater * (track.defaultDuration ?? 0);
  const decodedUnits = Math.floor(decodedAt / ticksPerUnit);
  const time = clock?.statedFor(decodedUnits) ?? decodedUnits;
  return await session.seek({ stream: index, time }, signal);
}

/**
 * Looks for the last random access point that is not after a time, in a container that has no index: reads a stretch that
 * ends there, and a longer one when there is none in it.
 * @param session - at any place, also afterwards.
 * @param wanted - the time in nanoseconds, and the track whose random access points count.
 * @param createReader - makes a reader of the times of that track's samples.
 * @returns undefined when there is none to be found within some minutes, or times cannot be found at all.
 */
export async function locateKeyframe(
  session: LibavSession,
  wanted: { readonly timeNs: number; readonly track: StreamTrack },
  createReader: () => SampleReader,
  signal: AbortSignal | undefined,
): Promise<Place | undefined> {
  const { timeNs, track } = wanted;
  const { id, timescale } = track.track;
  for (const seconds of STEPS_BACK_S) {
    if (!(await goToTime(session, timeNs - seconds * 1e9, track, signal))) return undefined;
    const reader = createReader();
    let found: Place | undefined;
    for (let isPassed = false; !isPassed;) {
      const batch = await reader.next(signal);
      for (const { sample, isPlaced } of batch ?? []) {
        const at = rescale(sample.presentationTime, timescale, 1e9);
        if (sample.trackId !== id) continue;
        if (at <= timeNs && sample.isSync && isPlaced) {
          found = { offset: sample.offset, timeNs: at, isExact: true };
        }
        // Pictures may be shown before those that precede them; none so much earlier.
        isPassed ||= at > timeNs + 1e9;
      }
      isPassed ||= batch === undefined;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}
