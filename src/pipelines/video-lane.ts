import type { InspectVideoSample, VideoConfiguration, VideoSampleTraits } from '../codecs/configuration.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { MuxVideoTrack } from '../isobmff/mux-track.js';
import { videoSampleFlags } from '../isobmff/sample-flags.js';
import type { Sample } from '../media/sample.js';
import type { VideoTrack } from '../media/track.js';
import type { ConvertSample } from '../codecs/video.js';
import { createCadence, type Cadence } from '../time/cadence.js';
import type { Instant } from '../time/instant.js';
import { DecodeTimeline, type PresentedSample, type TimedSample } from '../timeline/decode-timeline.js';
import { declareVideo } from './declare-video.js';
import { FirstSequence } from './first-sequence.js';
import { inspectPicture } from './inspect-picture.js';
import { VideoStart, type InspectedSample } from './video-start.js';

/** A picture on its way to a fragment. */
export interface Picture extends PresentedSample {
  /** Sample flags of ISO/IEC 14496-12, section 8.8.3.1. */
  readonly flags: number;
  /** The coded bytes; a view of the source's. */
  readonly data: Uint8Array;
  /** Offset in the source of the block that it came from. */
  readonly offset: number;
}

/** How a copied video track runs. */
export interface VideoLaneOptions {
  /** track_ID in the output. */
  readonly trackId: number;
  /** How the track is declared. */
  readonly configuration: VideoConfiguration;
  /** Reads what each sample is. */
  readonly inspect: InspectVideoSample;
  /** Brings a sample into MP4's form; undefined when it is in that form already. */
  readonly convert: ConvertSample | undefined;
  /** Presentation time of the track's first frame, in container ticks: the cadence's anchor. */
  readonly anchorTime: number;
  /** Begin at the last startable picture that is not after this, in container ticks; at the first one when absent. */
  readonly startTime: number | undefined;
}

/** Carries one copied video track from container samples to timed fragment samples. */
export class VideoLane {
  /** How the track is declared in the init segment. */
  readonly muxTrack: MuxVideoTrack;
  /** Turns container times into ticks. */
  readonly cadence: Cadence;
  /** Pictures whose times are known, in decode order, on the source's timeline. */
  readonly timed: TimedSample<Picture>[] = [];
  readonly #track: VideoTrack;
  readonly #options: VideoLaneOptions;
  readonly #timeline: DecodeTimeline<Picture>;
  readonly #start: VideoStart;
  /** When the track begins in the source. */
  readonly #anchorTicks: number;
  #startInstant: Instant | undefined;
  #firstSequence: FirstSequence | undefined;
  #dropped = 0;
  #sent = 0;
  #sentBytes = 0;

  /**
   * @param track - the source's track.
   * @param options - how it runs.
   */
  constructor(track: VideoTrack, options: VideoLaneOptions) {
    this.#track = track;
    this.#options = options;
    this.cadence = createCadence(track, options.anchorTime);
    this.#anchorTicks = this.cadence.toTicks(options.anchorTime);
    this.#timeline = new DecodeTimeline(options.configuration.reorderDepth);
    this.#start = new VideoStart(options.startTime);
    this.muxTrack = declareVideo(track, options.configuration, options.trackId, this.cadence.timescale);
  }

  /** Number of the source's track. */
  get sourceTrackId(): number {
    return this.#track.id;
  }

  /** Presentation time of the picture that the lane began at; undefined until it is chosen. */
  get startInstant(): Instant | undefined {
    return this.#startInstant;
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

  /** Samples handed to fragments. */
  get sent(): number {
    return this.#sent;
  }

  /** Bytes of samples handed to fragments. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Offset in the source of the first sample that is held; undefined when none is. */
  get heldFrom(): number | undefined {
    const oldest = this.timed[0]?.sample ?? this.#timeline.oldest;
    return oldest?.offset ?? this.#start.heldFrom;
  }

  /** Takes the next sample of the track, in decode order. */
  push(sample: Sample): void {
    const traits = inspectPicture(this.#options.inspect, sample.data);
    if (traits === undefined) {
      this.#dropped++;
      return;
    }
    if (this.#startInstant !== undefined) {
      this.#accept(sample, traits);
      return;
    }
    const begun = this.#start.push(sample, traits);
    if (begun === undefined) return;
    const first = begun[0]!.sample;
    this.#startInstant = {
      ticks: this.cadence.toTicks(first.presentationTime),
      timescale: this.cadence.timescale,
    };
    for (const held of begun) this.#accept(held.sample, held.traits);
  }

  /** Ends the track: what is still held back is given its times. */
  finish(): void {
    if (this.#startInstant === undefined) this.#begin(this.#start.finish());
    this.#timeline.finish(this.cadence.ticksPerFrame, this.timed);
  }

  /**
   * Takes the first pictures out for a fragment.
   * @param count - how many of {@link VideoLane.timed}.
   * @param originTicks - what is taken off every time.
   */
  take(count: number, originTicks: number): FragmentTrack | undefined {
    if (count === 0) return undefined;
    const taken = this.timed.splice(0, count);
    const samples: MuxSample[] = [];
    for (const { sample, durationTicks, compositionOffset } of taken) {
      samples.push({ duration: durationTicks, compositionOffset, flags: sample.flags, data: sample.data });
      this.#sentBytes += sample.data.byteLength;
    }
    this.#sent += count;
    return {
      trackId: this.muxTrack.trackId,
      baseMediaDecodeTime: taken[0]!.decodeTicks - originTicks,
      samples,
    };
  }

  #begin(samples: readonly InspectedSample[] | undefined): void {
    const first = samples?.[0]?.sample;
    if (samples === undefined || first === undefined) return;
    const { timescale } = this.cadence;
    this.#startInstant = { ticks: this.cadence.toTicks(first.presentationTime), timescale };
    for (const held of samples) this.#accept(held.sample, held.traits);
  }

  #accept(sample: Sample, traits: VideoSampleTraits): void {
    const presentationTicks = this.cadence.toTicks(sample.presentationTime);
    const startTicks = Math.max(this.#startInstant!.ticks, this.#anchorTicks);
    this.#firstSequence ??= new FirstSequence(startTicks);
    if (!this.#firstSequence.admits(traits, presentationTicks)) {
      this.#dropped++;
      return;
    }
    const picture: Picture = {
      // Any other that claims to be shown before the start has a damaged time; later ones may refer to it.
      presentationTicks: Math.max(presentationTicks, startTicks),
      flags: videoSampleFlags(traits),
      data: this.#options.convert?.(sample.data) ?? sample.data,
      offset: sample.offset,
    };
    this.#timeline.push(picture, this.timed);
  }
}
