import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxAudioTrack } from '../isobmff/mux-track.js';
import type { Sample } from '../media/sample.js';
import type { Instant } from '../time/instant.js';

/** Carries one audio track from container samples to fragment samples, copied or encoded anew. */
export interface AudioLane {
  /** How the track is declared in the init segment; an encoder must be asked. */
  describe(signal: AbortSignal): Promise<MuxAudioTrack>;
  /** Number of the source's track. */
  readonly sourceTrackId: number;
  /** The track's codec, as the source has it. */
  readonly codec: string;
  /** Samples left out: before the start, or without a place of their own. */
  readonly dropped: number;
  /** Samples handed to fragments. */
  readonly sent: number;
  /** Bytes of samples handed to fragments. */
  readonly sentBytes: number;
  /** Bytes of samples that wait. */
  readonly heldBytes: number;
  /** Offset in the source of the first sample that is held; undefined when none is. */
  readonly heldFrom: number | undefined;
  /** Where the first sample that is still held begins, on the source's timeline. */
  readonly firstInstant: Instant | undefined;
  /** Where the last sample taken in ends, on the output's timeline. */
  readonly knownEnd: Instant | undefined;

  /** Takes the next sample of the track, in stored order. */
  push(sample: Sample): void;
  /** Ends the track: no sample follows. */
  finish(): void;
  /** Forgets samples that are of no use for output from this time of the source on. */
  discardBefore(time: Instant): void;
  /**
   * Fixes the time of the source that is zero in the output, and the first output time that is wanted.
   * @param origin - on the source's timeline.
   * @param start - on the output's timeline; what begins before it is left out.
   */
  begin(origin: Instant, start: Instant): void;
  /** Whether all that starts before this time of the output has come in. */
  isKnownUntil(time: Instant): boolean;
  /**
   * Takes out what starts before a time of the output, is known, and has not been taken before.
   * @param until - exclusive.
   * @param signal - ends the work that this starts.
   * @returns undefined when nothing starts there. Rejects with {@link EngineError} when encoding fails.
   */
  take(until: Instant, signal: AbortSignal): Promise<FragmentTrack | undefined>;
}
