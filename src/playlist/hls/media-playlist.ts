import { rescale } from '../../time/rescale.js';
import { quotedString, writeAttributeList } from './attribute-list.js';

/** When the segments of a rendition begin and end. */
export interface SegmentTimes {
  /** Ticks a second. */
  readonly timescale: number;
  /** Where each segment begins, in ticks; strictly rising. */
  readonly starts: readonly number[];
  /** Where the last segment ends, in ticks. */
  readonly end: number;
}

/** What a playlist of segments states, all of which exist. */
export interface MediaPlaylist {
  /** When its segments begin and end. */
  readonly times: SegmentTimes;
  /**
   * Seconds; at least {@link targetDurationOf} its times. All renditions that can be played together have the same: that of
   * the longest segment among them (RFC 8216, section 6.2.4).
   */
  readonly targetDuration: number;
  /** URI of the init segment, relative to the playlist; undefined of segments that need none: those of WebVTT. */
  readonly initUri: string | undefined;
  /** URI of the n-th segment, from 0, relative to the playlist. */
  readonly segmentUri: (n: number) => string;
}

const microseconds = 1_000_000;

/**
 * The target duration of some renditions.
 * @returns whole seconds, at least 1: the longest of their segments, rounded to the nearest.
 * @see RFC 8216, section 4.3.3.1
 */
export function targetDurationOf(renditions: Iterable<SegmentTimes>): number {
  let longest = microseconds;
  for (const times of renditions) {
    for (const duration of durationsOf(times)) longest = Math.max(longest, duration);
  }
  return Math.round(longest / microseconds);
}

/**
 * Writes the media playlist of a rendition.
 * @returns text of lines that end with a line feed.
 * @see RFC 8216, section 4.3.3 (media playlist tags) and 4.3.2 (media segment tags)
 */
export function writeMediaPlaylist({ times, targetDuration, initUri, segmentUri }: MediaPlaylist): string {
  const segments = durationsOf(times).map(
    (duration, n) => `#EXTINF:${seconds(duration)},\n${segmentUri(n)}\n`,
  );
  const map =
    initUri === undefined ? '' : `#EXT-X-MAP:${writeAttributeList({ URI: quotedString(initUri) })}\n`;
  return `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:${targetDuration}
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
${map}${segments.join('')}#EXT-X-ENDLIST
`;
}

/**
 * Durations in whole microseconds: differences of rounded times, not rounded differences. A player that adds them up, as
 * all do, is never further than half a microsecond from a segment's true time.
 */
function durationsOf({ timescale, starts, end }: SegmentTimes): number[] {
  const times = [...starts, end].map((ticks) => rescale(ticks, timescale, microseconds));
  return starts.map((_, n) => times[n + 1]! - times[n]!);
}

function seconds(duration: number): string {
  const fraction = String(duration % microseconds).padStart(6, '0');
  return `${Math.floor(duration / microseconds)}.${fraction}`;
}
