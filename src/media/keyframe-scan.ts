import type { ClockStretch } from '../time/continuous-time.js';
import type { Keyframe } from './media-index.js';

/**
 * What one reading of a whole source found. It is plain data: kept with what else is known of the source, and given to
 * its demuxer later, it lets another process begin anywhere with the same times.
 */
export interface KeyframeScan {
  /** The video track that was looked at. */
  readonly trackId: number;
  /** Its random access points in order of time, strictly rising. */
  readonly keyframes: readonly Keyframe[];
  /** Where the last sample of each track ends, in nanoseconds, by the tracks' ids. */
  readonly trackEndsNs: ReadonlyMap<number, number>;
  /** What is added to the source's own times, from which place on. */
  readonly stretches: readonly ClockStretch[];
  /** False when the budget ran out before the source did. */
  readonly isComplete: boolean;
}
