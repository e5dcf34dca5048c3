import { checkLimit } from '../bytes/limits.js';
import { ElementCursor } from './element-cursor.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

/** What the Info element says. */
export interface SegmentInfo {
  /** Nanoseconds a Segment Tick. */
  readonly timestampScale: number;
  /** Duration in nanoseconds, when a believable one is stated. */
  readonly durationNs: number | undefined;
  /** The Segment's title. */
  readonly title: string | undefined;
  /** The program that wrote the file. */
  readonly writingApp: string | undefined;
}

/** What holds for a Segment without an Info element. */
export const DEFAULT_INFO: SegmentInfo = {
  timestampScale: 1_000_000,
  durationNs: undefined,
  title: undefined,
  writingApp: undefined,
};

/**
 * Parses an Info element.
 * @throws {MalformedMediaError} when it is broken or its TimestampScale is 0.
 * @throws {LimitExceededError} when its TimestampScale is absurd.
 * @see RFC 9559, section 5.1.2
 */
export function parseInfo(data: Uint8Array, offset: number): SegmentInfo {
  const info = new ElementCursor(data, offset, 'Segment/Info');
  let timestampScale = DEFAULT_INFO.timestampScale;
  let durationTicks = 0;
  let title: string | undefined;
  let writingApp: string | undefined;
  while (info.next()) {
    switch (info.id) {
      case ID.TimestampScale:
        timestampScale = info.uint(DEFAULT_INFO.timestampScale);
        if (timestampScale === 0) throw info.malformed('is 0, and times cannot be told');
        checkLimit('TimestampScale', timestampScale, LIMITS.timestampScale, { offset: info.dataOffset });
        break;
      case ID.Duration:
        durationTicks = info.float();
        break;
      case ID.Title:
        title = info.text() || undefined;
        break;
      case ID.WritingApp:
        writingApp = info.text() || undefined;
        break;
    }
  }
  const durationNs = Math.round(durationTicks * timestampScale);
  const believable = durationNs > 0 && durationNs <= LIMITS.durationNs;
  return { timestampScale, durationNs: believable ? durationNs : undefined, title, writingApp };
}
