import type { Keyframe } from '../../media/media-index.js';
import { rescale } from '../../time/rescale.js';
import type { StreamTrack } from './describe-tracks.js';
import type { LibavSession } from './libav-session.js';

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
    const byte = place.offset - LEAD_BYTES;
    if (byte > 0 && (await session.seek({ byte }, signal))) return;
  } else if (container === 'flv') {
    // Without an index in the file libavformat would read it from the beginning; a tag's own place needs none.
    if (place.isExact && (await session.seek({ byte: place.offset }, signal))) return;
  } else if (place.timeNs !== undefined && track !== undefined) {
    const { timescale } = track.track;
    const time = Math.floor(rescale(place.timeNs, 1e9, timescale, 'down') / track.ticksPerUnit);
    if (await session.seek({ stream: track.index, time }, signal)) return;
  }
  if (!session.isFresh) await session.reopen(signal);
}
