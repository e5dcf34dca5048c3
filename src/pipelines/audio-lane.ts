import type { FrameDuration } from '../codecs/frame-duration.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxAudioTrack } from '../isobmff/mux-track.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { Sample } from '../media/sample.js';
import type { AudioTrack } from '../media/track.js';
import { ticksOf, type Instant } from '../time/instant.js';
import { AudioIntake } from './audio-intake.js';

/** What every audio lane is made with. */
export interface AudioLaneOptions {
  /** How long the source's packets are. */
  readonly durations: FrameDuration;
  /** Where the source ends, as its container says, on its own timeline; undefined when it does not. */
  readonly sourceEnd?: Instant | undefined;
  /** When the first packet begins, in container ticks; as it says itself, when absent. */
  readonly anchorTime?: number | undefined;
}

/**
 * Carries one audio track from container samples to fragment samples, copied or encoded anew. What both kinds share is
 * here: taking packets in, and counting.
 */
export abstract class AudioLane {
  /** The source's track. */
  protected readonly track: AudioTrack;
  /** The packets that are held, each in its place. */
  protected readonly intake: AudioIntake;
  /** Zero of the output, in ticks of the intake's rate on the source's timeline. */
  protected originTicks = 0;
  #dropped = 0;
  #decodeErrors = 0;
  #sent = 0;
  #sentBytes = 0;

  /**
   * @param track - the source's track.
   * @param options - how long its packets are, where the source ends, as far as its container says so, and where the
   * track begins, where its first packet does not tell.
   */
  constructor(track: AudioTrack, { durations, sourceEnd, anchorTime }: AudioLaneOptions) {
    this.track = track;
    this.intake = new AudioIntake(track, durations, sourceEnd, anchorTime);
  }

  /** Number of the source's track. */
  get sourceTrackId(): number {
    return this.track.id;
  }

  /** Samples of the source left out: before the start, or broken. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Packets that a decoder refused; their time is silent. */
  get decodeErrors(): number {
    return this.#decodeErrors;
  }

  /** Samples handed to fragments. */
  get sent(): number {
    return this.#sent;
  }

  /** Bytes of samples handed to fragments. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Bytes of samples that wait. */
  get heldBytes(): number {
    return this.intake.heldBytes;
  }

  /** Offset in the source of the first sample that is held; undefined when none is. */
  get heldFrom(): number | undefined {
    return this.intake.packets[0]?.packet.offset;
  }

  /** Where the last sample taken in ends, on the output's timeline. */
  get knownEnd(): Instant | undefined {
    const end = this.intake.endTicks;
    return end === undefined ? undefined : { ticks: end - this.originTicks, timescale: this.intake.rate };
  }

  /** Takes the next sample of the track, in stored order. */
  push(sample: Sample): void {
    this.intake.push(sample);
  }

  /** Ends the track: no sample follows. */
  finish(): void {
    this.intake.finish();
  }

  /** Forgets samples that are of no use for output from this time of the source on. */
  discardBefore(time: Instant): void {
    this.countDropped(this.intake.discardBefore(time));
  }

  /**
   * Fixes the time of the source that is zero in the output, and the first output time that is wanted.
   * @param origin - on the source's timeline.
   * @param start - on the output's timeline; what begins before it is left out.
   */
  begin(origin: Instant, start: Instant): void {
    this.originTicks = ticksOf(origin, this.intake.rate);
    this.beginAt(start);
  }

  /** How the track is declared in the init segment; an encoder must be asked. */
  abstract describe(signal: AbortSignal): Promise<MuxAudioTrack>;

  /** Whether all that starts before this time of the output has come in. */
  abstract isKnownUntil(time: Instant): boolean;

  /**
   * Takes out what starts before a time of the output, is known, and has not been taken before.
   * @param until - exclusive.
   * @param signal - ends the work that this starts.
   * @returns undefined when nothing starts there. Rejects with {@link EngineError} when encoding fails.
   */
  abstract take(until: Instant, signal: AbortSignal): Promise<FragmentTrack | undefined>;

  /** Fixes the first output time that is wanted; the origin is known. */
  protected abstract beginAt(start: Instant): void;

  /** Counts samples that are left out. */
  protected countDropped(count: number): void {
    this.#dropped += count;
  }

  /** Counts packets that a decoder refused. */
  protected countDecodeErrors(count: number): void {
    this.#decodeErrors += count;
  }

  /** Counts samples that go into a fragment. */
  protected countSent(samples: readonly MuxSample[]): void {
    this.#sent += samples.length;
    for (const { data } of samples) this.#sentBytes += data.byteLength;
  }
}
