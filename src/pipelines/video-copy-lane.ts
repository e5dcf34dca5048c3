import type { InspectVideoSample, VideoConfiguration, VideoSampleTraits } from '../codecs/configuration.js';
import type { ConvertSample } from '../codecs/video.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { MuxVideoTrack } from '../isobmff/mux-track.js';
import { videoSampleFlags } from '../isobmff/sample-flags.js';
import type { Sample } from '../media/sample.js';
import type { VideoTrack } from '../media/track.js';
import { DecodeTimeline, type PresentedSample, type TimedSample } from '../timeline/decode-timeline.js';
import { declareVideo } from './declare-video.js';
import { FirstSequence } from './first-sequence.js';
import { inspectPicture } from './inspect-picture.js';
import { ShownEnd } from './shown-end.js';
import { VideoLane, type VideoLaneOptions } from './video-lane.js';

/** A picture on its way to a fragment. */
interface Picture extends PresentedSample {
  /** Sample flags of ISO/IEC 14496-12, section 8.8.3.1. */
  readonly flags: number;
  /** The coded bytes; a view of the source's. */
  readonly data: Uint8Array;
  /** Offset in the source of the block that it came from. */
  readonly offset: number;
}

/** How a copied video track runs. */
export interface VideoCopyLaneOptions extends VideoLaneOptions {
  /** How the track is declared. */
  readonly configuration: VideoConfiguration;
  /** Reads what each sample is. */
  readonly inspect: InspectVideoSample;
  /** Brings a sample into MP4's form; undefined when it is in that form already. */
  readonly convert: ConvertSample | undefined;
}

/** Carries a video track through as it is. */
export class VideoCopyLane extends VideoLane {
  readonly #options: VideoCopyLaneOptions;
  readonly #muxTrack: MuxVideoTrack;
  readonly #timeline: DecodeTimeline<Picture>;
  /** Pictures whose times are known, in decode order. */
  readonly #timed: TimedSample<Picture>[] = [];
  /** When the track begins in the source. */
  readonly #anchorTicks: number;
  #firstSequence: FirstSequence | undefined;
  readonly #shownEnd = new ShownEnd();
  #hasEnded = false;

  /**
   * @param track - the source's track.
   * @param options - how it runs.
   */
  constructor(track: VideoTrack, options: VideoCopyLaneOptions) {
    super(track, options);
    this.#options = options;
    this.#anchorTicks = this.cadence.toTicks(options.anchorTime);
    this.#timeline = new DecodeTimeline(options.configuration.reorderDepth);
    this.#muxTrack = declareVideo(track, options.configuration, options.trackId, this.timescale);
  }

  describe(): Promise<MuxVideoTrack> {
    return Promise.resolve(this.#muxTrack);
  }

  get nextTicks(): number | undefined {
    return this.#timed[0]?.cutTicks;
  }

  get newestTicks(): number | undefined {
    return this.#timed.at(-1)?.cutTicks;
  }

  cutFrom(ticks: number): number | undefined {
    const next = this.#timed[this.#countBefore(ticks)];
    if (next !== undefined) return next.cutTicks;
    // A fragment ends where the first sample left over begins; without one, where its last sample ends.
    const last = this.#timed.at(-1);
    return this.#hasEnded && last !== undefined ? last.decodeTicks + last.durationTicks : undefined;
  }

  take(untilTicks: number, originTicks: number): Promise<FragmentTrack | undefined> {
    const taken = this.#timed.splice(0, this.#countBefore(untilTicks));
    if (taken.length === 0) return Promise.resolve(undefined);
    const samples = taken.map(({ sample, durationTicks, compositionOffset }): MuxSample => {
      this.countHeld(-sample.data.byteLength);
      return { duration: durationTicks, compositionOffset, flags: sample.flags, data: sample.data };
    });
    this.countSent(samples);
    const baseMediaDecodeTime = taken[0]!.decodeTicks - originTicks;
    return Promise.resolve({ trackId: this.trackId, baseMediaDecodeTime, samples });
  }

  protected inspect({ data }: Sample): VideoSampleTraits | undefined {
    return inspectPicture(this.#options.inspect, data);
  }

  protected accept(sample: Sample, traits: VideoSampleTraits): void {
    const presentationTicks = this.cadence.toTicks(sample.presentationTime);
    const startTicks = Math.max(this.startInstant!.ticks, this.#anchorTicks);
    this.#firstSequence ??= new FirstSequence(startTicks);
    if (!this.#firstSequence.admits(traits, presentationTicks)) {
      this.countDropped(1);
      return;
    }
    if (!this.#shownEnd.admits(sample)) return;
    const data = this.#options.convert?.(sample.data) ?? sample.data;
    const picture: Picture = {
      // Any other that claims to be shown before the start has a damaged time; later ones may refer to it.
      presentationTicks: Math.max(presentationTicks, startTicks),
      flags: videoSampleFlags(traits),
      data,
      offset: sample.offset,
    };
    this.countHeld(data.byteLength);
    this.#timeline.push(picture, this.#timed);
  }

  protected end(): void {
    this.#hasEnded = true;
    const { lastDuration } = this.#shownEnd;
    const last = lastDuration === undefined ? this.lastDurationTicks : this.cadence.toTicks(lastDuration);
    this.#timeline.finish(last, this.#timed);
  }

  protected oldestOffset(): number | undefined {
    return (this.#timed[0]?.sample ?? this.#timeline.oldest)?.offset;
  }

  /** Pictures that are sent before a time. */
  #countBefore(ticks: number): number {
    let count = 0;
    while (count < this.#timed.length && this.#timed[count]!.cutTicks < ticks) count++;
    return count;
  }
}
