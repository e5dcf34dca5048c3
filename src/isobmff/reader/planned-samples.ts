import type { Sample } from '../../media/sample.js';
import type { Track } from '../../media/track.js';
import type { SampleForm } from './description-change.js';
import { isBehindEnd, type TrackTimeline } from './edit-timeline.js';
import type { MovieTrack } from './movie-track.js';

/** A sample whose bytes are yet to be read. */
export interface PlannedSample extends Omit<Sample, 'data'> {
  /** Its bytes, once they are there. */
  data: Uint8Array;
  /** What an edit list leaves out of it; of a last sound also what its encoder added, once its bytes are there. */
  discardPadding: number;
}

/** Samples that are read together, in the order in which they are handed out. */
export interface Plan {
  /** The samples. */
  readonly samples: PlannedSample[];
  /** Size of each in bytes. */
  readonly sizes: number[];
  /** What becomes of each. */
  readonly forms: SampleForm[];
  /** Those of them with which a track's sound ends, and their tracks. */
  readonly lastSounds: { readonly sample: PlannedSample; readonly track: Track }[];
  /** Bytes of all. */
  bytes: number;
}

/** Says which samples come next. */
export interface SamplePlanner {
  /**
   * Plans the next samples.
   * @param maxBytes - enough bytes for one reading; one sample at least is planned, however large.
   * @returns undefined when there are no more. An empty plan means nothing: ask again.
   * @throws as reading the source and parsing fragments does.
   */
  next(maxBytes: number): Promise<Plan | undefined>;
}

/** What a table or a fragment says of a sample. */
export interface StatedSample {
  /** Byte offset in the source. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** Ticks on the media's own timeline. */
  readonly decodeTime: number;
  /** Ticks; presentation minus decode time. */
  readonly compositionOffset: number;
  /** Ticks. */
  readonly duration: number;
  /** Whether decoding can begin here. */
  readonly isSync: boolean;
  /** Whether it is decoded and not shown; as the track's timeline has it, when absent. */
  readonly isHidden?: boolean;
  /** Whether decoding begins anew here; false when absent. */
  readonly beginsAnew?: boolean;
  /** Sample entry, counted from 1. */
  readonly descriptionIndex: number;
}

const NOTHING = new Uint8Array(0);
const FOREIGN: SampleForm = { kind: 'foreign' };

/** An empty plan. */
export function emptyPlan(): Plan {
  return { samples: [], sizes: [], forms: [], lastSounds: [], bytes: 0 };
}

/**
 * Adds a sample to a plan.
 * @param isLast - its track has none behind it.
 */
export function planSample(
  plan: Plan,
  { track, timeline, forms }: MovieTrack,
  stated: StatedSample,
  isLast: boolean,
): void {
  const { decodeTime, duration } = stated;
  const compositionTime = decodeTime + stated.compositionOffset;
  const sample: PlannedSample = {
    trackId: track.id,
    presentationTime: compositionTime + timeline.shift,
    decodeTime: decodeTime + timeline.shift - timeline.decodeLead,
    duration: duration > 0 ? duration : undefined,
    isSync: stated.isSync,
    discardPadding:
      stated.isHidden === true
        ? -Math.max(1, duration)
        : discardedTicks(timeline, compositionTime, duration, track.type),
    ...(stated.beginsAnew === true && { beginsAnew: true }),
    offset: stated.offset,
    data: NOTHING,
  };
  plan.samples.push(sample);
  if (isLast && track.type === 'audio') plan.lastSounds.push({ sample, track });
  plan.sizes.push(stated.size);
  plan.forms.push(forms[stated.descriptionIndex - 1] ?? (forms.length === 1 ? forms[0]! : FOREIGN));
  plan.bytes += stated.size;
}

/**
 * How much of a sample an edit list leaves out: what comes before the first edit's beginning, which is decoded and not
 * shown, the end of the last sound, and pictures behind the last edit that others need.
 */
function discardedTicks(
  timeline: TrackTimeline,
  compositionTime: number,
  duration: number,
  type: Track['type'],
): number {
  const { start, end, endPrecision } = timeline;
  if (start !== undefined && compositionTime < start) {
    const before = start - compositionTime;
    return -(duration > 0 ? Math.min(before, duration) : before);
  }
  if (type === 'video') return isBehindEnd(timeline, compositionTime, duration) ? -Math.max(1, duration) : 0;
  if (end === undefined || type !== 'audio') return 0;
  const after = compositionTime + duration - end;
  return after > endPrecision ? Math.min(after, duration) : 0;
}
