import { checkLimit } from '../bytes/limits.js';
import type { IndexEntry } from '../media/media-index.js';
import { ElementCursor } from './element-cursor.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

/** What is needed to turn a cue into a time and an offset. */
export interface CueScale {
  /** Offset in the source of the Segment's data, to which cluster positions are relative. */
  readonly segmentOffset: number;
  /** Nanoseconds a Segment Tick. */
  readonly timestampScale: number;
  /** Nanoseconds that come off every time of the track. */
  readonly codecDelay: number;
}

/** Points after which parsing may pause: some milliseconds of it, where code runs for the first time. */
const POINTS_AT_A_TIME = 500;

/**
 * Parses the cues of one track. Other tracks' cues are never given: a subtitle's or an audio track's cue says nothing
 * about where a video can be entered. May be interrupted every 500 points: a file may have a million.
 * @param trackId - TrackNumber of the track.
 * @returns when it is over, its entries in order of time; cues whose time or position cannot be true are left out.
 * @throws {MalformedMediaError | LimitExceededError} when the element is broken or has too many entries.
 * @see RFC 9559, section 5.1.5
 */
export function* parseCues(
  data: Uint8Array,
  offset: number,
  trackId: number,
  scale: CueScale,
): Generator<undefined, IndexEntry[]> {
  const entries: IndexEntry[] = [];
  const cues = new ElementCursor(data, offset, 'Segment/Cues');
  for (let points = 1; cues.next(); points++) {
    if (cues.id === ID.CuePoint) parseCuePoint(cues.master(), trackId, scale, entries);
    if (points % POINTS_AT_A_TIME === 0) yield;
  }
  return entries.sort((a, b) => a.timeNs - b.timeNs || a.offset - b.offset);
}

function parseCuePoint(point: ElementCursor, trackId: number, scale: CueScale, entries: IndexEntry[]): void {
  let ticks: number | undefined;
  const places: CuePlace[] = [];
  while (point.next()) {
    if (point.id === ID.CueTime) {
      ticks = point.uint();
    } else if (point.id === ID.CueTrackPositions) {
      const place = parseTrackPosition(point.master(), trackId);
      if (place !== undefined) places.push(place);
    }
  }
  if (ticks === undefined) return;
  const timeNs = ticks * scale.timestampScale - scale.codecDelay;
  if (!Number.isSafeInteger(timeNs)) return;
  for (const { position, relativePosition, durationTicks } of places) {
    const duration =
      durationTicks === undefined ? undefined : { durationNs: durationTicks * scale.timestampScale };
    const offset = scale.segmentOffset + position;
    checkLimit('number of cues', entries.length + 1, LIMITS.cueEntries, { track: trackId });
    if (Number.isSafeInteger(offset))
      entries.push({ trackId, timeNs, offset, relativePosition, ...duration });
  }
}

/** Where a cue points to. */
interface CuePlace {
  /** Of the Cluster, relative to the Segment's data. */
  readonly position: number;
  /** Of the block, relative to the Cluster's data. */
  readonly relativePosition: number | undefined;
  /** How long the block lasts, in Segment Ticks. */
  readonly durationTicks: number | undefined;
}

function parseTrackPosition(positions: ElementCursor, trackId: number): CuePlace | undefined {
  let track: number | undefined;
  let position: number | undefined;
  let relativePosition: number | undefined;
  let durationTicks: number | undefined;
  while (positions.next()) {
    if (positions.id === ID.CueTrack) track = positions.uint();
    else if (positions.id === ID.CueClusterPosition) position = positions.uint();
    else if (positions.id === ID.CueRelativePosition) relativePosition = positions.uint();
    else if (positions.id === ID.CueDuration) durationTicks = positions.uint();
  }
  return track === trackId && position !== undefined
    ? { position, relativePosition, durationTicks }
    : undefined;
}
