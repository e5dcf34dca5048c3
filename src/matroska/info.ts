import { checkLimit } from '../bytes/limits.js';
import { SegmintError } from '../errors.js';
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
 * Parses an Info element. Once the TimestampScale is known, the rest is a convenience: what is broken after it is left
 * out.
 * @param onFault - told what was broken after the TimestampScale.
 * @throws {MalformedMediaError} when it is broken before the TimestampScale, or that is 0.
 * @throws {LimitExceededError} when its TimestampScale is absurd.
 * @see RFC 9559, section 5.1.2
 */
export function parseInfo(
  data: Uint8Array,
  offset: number,
  onFault: (fault: SegmintError) => void,
): SegmentInfo {
  const info = new ElementCursor(data, offset, 'Segment/Info');
  const found: Fields = { scale: undefined, durationTicks: 0, title: undefined, writingApp: undefined };
  try {
    while (info.next()) readField(info, found);
  } catch (error) {
    if (!(error instanceof SegmintError) || found.scale === undefined) throw error;
    onFault(error);
  }
  const timestampScale = found.scale ?? DEFAULT_INFO.timestampScale;
  const durationNs = Math.round(found.durationTicks * timestampScale);
  const believable = durationNs > 0 && durationNs <= LIMITS.durationNs;
  return {
    timestampScale,
    durationNs: believable ? durationNs : undefined,
    title: found.title,
    writingApp: found.writingApp,
  };
}

interface Fields {
  scale: number | undefined;
  durationTicks: number;
  title: string | undefined;
  writingApp: string | undefined;
}

function readField(info: ElementCursor, found: Fields): void {
  switch (info.id) {
    case ID.TimestampScale: {
      const scale = info.uint(DEFAULT_INFO.timestampScale);
      if (scale === 0) throw info.malformed('is 0, and times cannot be told');
      checkLimit('TimestampScale', scale, LIMITS.timestampScale, { offset: info.dataOffset });
      found.scale = scale;
      break;
    }
    case ID.Duration:
      found.durationTicks = info.float();
      break;
    case ID.Title:
      found.title = info.text() || undefined;
      break;
    case ID.WritingApp:
      found.writingApp = info.text() || undefined;
      break;
  }
}
