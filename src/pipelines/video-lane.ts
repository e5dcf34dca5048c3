import type { VideoSampleTraits } from '../codecs/configuration.js';
import { lonePictureTicks } from '../codecs/lone-picture.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { MuxVideoTrack } from '../isobmff/mux-track.js';
import type { Sample } from '../media/sample.js';
import type { VideoTrack } from '../media/track.js';
import { createCadence, type Cadence } from '../time/cadence.js';
import type { Instant } from '../time/instant.js';
import { VideoStart, type InspectedSample } from './video-start.js';

/** What every video lane must know. */
export interface VideoLaneOptions {
  /** track_ID in the output. */
  readonly trackId: number;
  /** Presentation time of the track's first frame, in container ticks: the cadence's anchor. */
  readonly anchorTime: number;
  /** Pictures that must have come behind the wanted start before the first one is chosen; none when absent. */
  readonly picturesBehindStart?: number | undefined;
  /** Begin at the last startable picture that is not after this, in container ticks; at the first one when absent. */
  readonly startTime: number | undefined;
}

/**
 * Carries one video track from container samples to fragment samples, copied or encoded anew. What both kinds share is
 * here: finding the picture that the stream begins at, and counting. All ticks are of the cadence, on the source's
 * timeline.
 */
export abstract class VideoLane {
  /** Turns container times into ticks. */
  readonly cadence: Cadence;
  /** The source's track. */
  protected readonly track: VideoTrack;
  /** track_ID in the output. */
  protected readonly trackId: number;
  readonly #start: VideoStart;
  #startTicks: number | undefined;
  /** For how long the first picture is shown, in container ticks, while none has followed. */
  #only: number | 'one of several' | undefined;
  #heldBytes = 0;
  #dropped = 0;
  #decodeErrors = 0;
  #sent = 0;
  #sentBytes = 0;

  /**
   * @param track - the source's track.
   * @param options - how it runs.
   */
  constructor(track: VideoTrack, options: VideoLaneOptions) {
    const { trackId, anchorTime, startTime, picturesBehindStart } = options;
    this.track = track;
    this.trackId = trackId;
    this.cadence = createCadence(track, anchorTime);
    this.#start = new VideoStart(startTime, picturesBehindStart);
  }

  /** Number of the source's track. */
  get sourceTrackId(): number {
    return this.track.id;
  }

  /** Ticks a second. */
  get timescale(): number {
    return this.cadence.timescale;
  }

  /** When the first picture that is sent is shown; undefined until it is chosen. */
  get startInstant(): Instant | undefined {
    return this.#startTicks === undefined
      ? undefined
      : { ticks: this.#startTicks, timescale: this.timescale };
  }

  /** No startable picture lies at or before the wanted start in what was read. */
  get hasMissedStart(): boolean {
    return this.#start.hasMissed;
  }

  /** Presentation time, in container ticks, of the picture that would be begun at by now. */
  get candidateTime(): number | undefined {
    return this.#start.candidateTime;
  }

  /** Samples that held no picture or could not be decoded from the start. */
  get dropped(): number {
    return this.#dropped + this.#start.dropped;
  }

  /** Pictures that a decoder refused. */
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

  /** Bytes of the source's samples that wait. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Offset in the source of the first sample that is held; undefined when none is. */
  get heldFrom(): number | undefined {
    return this.oldestOffset() ?? this.#start.heldFrom;
  }

  /** Takes the next sample of the track, in decode order. */
  push(sample: Sample): void {
    const traits = this.inspect(sample);
    if (traits === undefined) this.countDropped(1);
    else if (this.#startTicks !== undefined) this.#accept(sample, traits);
    else this.#begin(this.#start.push(sample, traits));
  }

  /** Ends the track: no sample follows. */
  finish(): void {
    if (this.#startTicks === undefined) this.#begin(this.#start.finish());
    this.end();
  }

  /** How the track is declared in the init segment; an encoder must be asked. */
  abstract describe(signal: AbortSignal): Promise<MuxVideoTrack>;

  /** When the first picture that has not been taken is sent; undefined while none is known. */
  abstract get nextTicks(): number | undefined;

  /** Time of the newest picture that could be sent; undefined when none waits. */
  abstract get newestTicks(): number | undefined;

  /**
   * Finds where a fragment can end: at the first place at or after a time that the lane knows of.
   * @returns undefined while that is not known; once the track has ended, never behind its end.
   */
  abstract cutFrom(ticks: number): number | undefined;

  /**
   * Takes out what is shown before a time and is known.
   * @param untilTicks - exclusive.
   * @param originTicks - what is taken off every time.
   * @param signal - ends the work that this starts.
   * @returns undefined when there is nothing. Rejects with {@link EngineError} when encoding fails.
   */
  abstract take(
    untilTicks: number,
    originTicks: number,
    signal: AbortSignal,
  ): Promise<FragmentTrack | undefined>;

  /** Tells what a sample is; undefined when it holds no picture. */
  protected abstract inspect(sample: Sample): VideoSampleTraits | undefined;

  /** Takes a picture from the one that the stream begins at on. */
  protected abstract accept(sample: Sample, traits: VideoSampleTraits): void;

  /** No picture follows. */
  protected abstract end(): void;

  /** Offset in the source of the first picture that was accepted and not taken. */
  protected abstract oldestOffset(): number | undefined;

  /** How long the last picture is shown, in ticks; undefined where that is as long as the one before it. */
  protected get lastDurationTicks(): number | undefined {
    if (this.cadence.ticksPerFrame !== undefined) return this.cadence.ticksPerFrame;
    return typeof this.#only === 'number' ? Math.max(1, this.cadence.toTicks(this.#only)) : undefined;
  }

  /** When the first picture that is sent is shown, in ticks. At least one sample. */
  protected startTicksOf(begun: readonly InspectedSample[]): number {
    return this.cadence.toTicks(begun[0]!.sample.presentationTime);
  }

  /** Counts samples that are left out. */
  protected countDropped(count: number): void {
    this.#dropped += count;
  }

  /** Counts pictures that a decoder refused. */
  protected countDecodeErrors(count: number): void {
    this.#decodeErrors += count;
  }

  /** Counts bytes that wait from now on, or, below zero, do so no more. */
  protected countHeld(bytes: number): void {
    this.#heldBytes += bytes;
  }

  /** Counts samples that go into a fragment. */
  protected countSent(samples: readonly MuxSample[]): void {
    this.#sent += samples.length;
    for (const { data } of samples) this.#sentBytes += data.byteLength;
  }

  #begin(begun: readonly InspectedSample[] | undefined): void {
    if (begun === undefined || begun.length === 0) return;
    this.#startTicks = this.startTicksOf(begun);
    for (const { sample, traits } of begun) this.#accept(sample, traits);
  }

  #accept(sample: Sample, traits: VideoSampleTraits): void {
    this.#only = this.#only === undefined ? lonePictureTicks(this.track, sample.duration) : 'one of several';
    this.accept(sample, traits);
  }
}
