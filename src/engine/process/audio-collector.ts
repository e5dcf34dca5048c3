import type { Frame } from 'node-av/lib';
import { EngineError } from '../../errors.js';
import { rescale } from '../../time/rescale.js';
import { OUTPUT_SAMPLE_RATE, type AudioSpan } from '../audio-job.js';
import type { FrameSink } from './audio-decoder.js';
import { ChannelMixer } from './channel-mixer.js';
import { LIMITER_BLOCK_SAMPLES } from './limiter.js';
import { PcmTimeline, type SampleRange } from './pcm-timeline.js';
import { findResamplingGrid, resample } from './resample.js';

/** Source rates that are believed. The upper one bounds memory: 43 s of 5.1 at that rate are 400 MB. */
const MIN_RATE = 1000;
const MAX_RATE = 384_000;

/** The most sample rates in one job: each has a timeline of its own. */
const MAX_RATES = 4;

/** Source samples that the resampling filter sees to each side, at source rates up to the output's; more above. */
const FILTER_REACH = 128;

/** Samples at the output's rate. */
export interface CollectedAudio {
  /** One array a channel, the whole of the span that was asked for. */
  readonly planes: readonly Float32Array[];
  /** For each block of the limiter, whether it holds a mix that can overload. */
  readonly mixedBlocks: Uint8Array;
}

/**
 * Collects decoded frames on a timeline of samples, one for each sample rate that occurs, and brings them together at
 * the output's rate.
 */
export class AudioCollector implements FrameSink, Disposable {
  readonly #span: AudioSpan;
  readonly #timescale: number;
  readonly #channels: 2 | 6;
  readonly #mixer: ChannelMixer;
  readonly #timelines = new Map<number, PcmTimeline>();
  #current: PcmTimeline | undefined;
  /** Where the frame taken last ends, in samples of the current timeline. */
  #end = 0;
  /** Samples still to be dropped from the start of the packet that is being decoded, in ticks. */
  #dropStart = 0;

  /**
   * @param span - the output samples that are wanted.
   * @param timescale - ticks a second of frame times.
   * @param channels - the output's channels.
   */
  constructor(span: AudioSpan, timescale: number, channels: 2 | 6) {
    this.#span = span;
    this.#timescale = timescale;
    this.#channels = channels;
    this.#mixer = new ChannelMixer(channels);
  }

  /** Announces the packet whose frames come next. */
  beginPacket(discardPadding: number): void {
    this.#dropStart = discardPadding < 0 ? -discardPadding : 0;
  }

  /** Takes the padding off the end of the packet whose frames came last. */
  endPacket(discardPadding: number): void {
    const timeline = this.#current;
    if (discardPadding <= 0 || timeline === undefined) return;
    this.#end -= rescale(discardPadding, this.#timescale, timeline.rate);
    timeline.clearFrom(this.#end);
  }

  /** Lays a frame onto its timeline. */
  takeFrame(frame: Frame, start: number | undefined): void {
    const rate = frame.sampleRate;
    const timeline = this.#timelineOf(rate);
    const isFollowing = start === undefined && timeline === this.#current;
    if (start === undefined && !isFollowing) return;
    const sample = isFollowing ? this.#end : rescale(start!, this.#timescale, rate);
    const count = this.#mixer.convert(frame);
    if (this.#current !== undefined && timeline !== this.#current) {
      this.#current.clearFrom(rescale(sample, rate, this.#current.rate));
    }
    this.#current = timeline;
    this.#end = sample + count;
    const dropped = Math.min(count, rescale(this.#dropStart, this.#timescale, rate));
    this.#dropStart -= rescale(dropped, rate, this.#timescale);
    timeline.place(sample + dropped, this.#mixer.planes, dropped, count - dropped, this.#mixer.canOverload);
  }

  /** Brings everything to the output's rate. */
  collect(): CollectedAudio {
    const length = this.#span.endSample - this.#span.startSample;
    const mixedBlocks = new Uint8Array(length / LIMITER_BLOCK_SAMPLES);
    let planes: Float32Array[] | undefined;
    for (const timeline of this.#timelines.values()) {
      for (const range of timeline.mixed) this.#markBlocks(mixedBlocks, range, timeline.rate);
      const part = this.#atOutputRate(timeline);
      if (planes === undefined) planes = part;
      else planes.forEach((plane, channel) => add(plane, part[channel]!));
    }
    planes ??= Array.from({ length: this.#channels }, () => new Float32Array(length));
    return { planes, mixedBlocks };
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#mixer[Symbol.dispose]();
  }

  #timelineOf(rate: number): PcmTimeline {
    const known = this.#timelines.get(rate);
    if (known !== undefined) return known;
    if (rate < MIN_RATE || rate > MAX_RATE || this.#timelines.size >= MAX_RATES) {
      throw new EngineError(`Audio of ${rate} samples a second cannot be placed.`);
    }
    const timeline = new PcmTimeline(rate, this.#sourceWindow(rate), this.#channels);
    this.#timelines.set(rate, timeline);
    return timeline;
  }

  /** The source samples that the span is made of; they begin where the two rates' samples coincide. */
  #sourceWindow(rate: number): SampleRange {
    const { startSample, endSample } = this.#span;
    if (rate === OUTPUT_SAMPLE_RATE) return { start: startSample, end: endSample };
    const { sourceStep } = findResamplingGrid(rate, OUTPUT_SAMPLE_RATE);
    const reach = Math.ceil(FILTER_REACH * Math.max(1, rate / OUTPUT_SAMPLE_RATE));
    const first = rescale(startSample, OUTPUT_SAMPLE_RATE, rate, 'down') - reach;
    return {
      start: Math.floor(first / sourceStep) * sourceStep,
      end: rescale(endSample, OUTPUT_SAMPLE_RATE, rate, 'up') + reach,
    };
  }

  #atOutputRate(timeline: PcmTimeline): Float32Array[] {
    if (timeline.rate === OUTPUT_SAMPLE_RATE) return [...timeline.planes];
    const { sourceStep, outputStep } = findResamplingGrid(timeline.rate, OUTPUT_SAMPLE_RATE);
    const outputStart = (timeline.start / sourceStep) * outputStep;
    const count = this.#span.endSample - outputStart;
    const planes = resample(timeline.planes, timeline.rate, OUTPUT_SAMPLE_RATE, count);
    return planes.map((plane) => plane.subarray(this.#span.startSample - outputStart));
  }

  #markBlocks(mixedBlocks: Uint8Array, range: SampleRange, rate: number): void {
    const start = rescale(range.start, rate, OUTPUT_SAMPLE_RATE, 'down') - this.#span.startSample;
    const end = rescale(range.end, rate, OUTPUT_SAMPLE_RATE, 'up') - this.#span.startSample;
    mixedBlocks.fill(
      1,
      Math.max(0, Math.floor(start / LIMITER_BLOCK_SAMPLES)),
      Math.max(0, Math.ceil(end / LIMITER_BLOCK_SAMPLES)),
    );
  }
}

function add(target: Float32Array, source: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += source[i]!;
}
