import { createFrameDuration } from '../../codecs/frame-duration.js';
import type { Sample } from '../../media/sample.js';
import type { AudioTrack } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import { ticksOf } from '../../time/instant.js';
import { believeTimes } from '../../timeline/believe-times.js';
import {
  placeAudio,
  slackTicksOf,
  type AudioPlacementRules,
  type TimedPacket,
} from '../../timeline/place-audio.js';
import { vorbisGranule } from '../vorbis-granule.js';
import { AudioReader } from './audio-reader.js';
import type { SegmentContext } from './segment-track.js';

/** How much longer a track may be than its container says, in nanoseconds. */
const maxSurplusNs = 10e9;

/** A packet whose container time was checked against its neighbours'. */
export interface ReadPacket extends TimedPacket {
  /** The packet. */
  readonly sample: Sample;
  /** When it ends, in container ticks: by its length, else by when the next begins. */
  readonly endTime: number;
}

/** A packet in its place. */
export interface PlacedAudio {
  /** When it begins, on the output timeline, in ticks of the track's rate; may be negative. */
  readonly startTicks: number;
  /** Ticks that it lasts; at least 1. */
  readonly frames: number;
  /** The packet. */
  readonly sample: Sample;
}

/** What tells the packets of a track apart from those of others, and places them. */
export interface AudioPacketsOptions {
  /** A packet of the track with its headers: the same whatever is read. */
  readonly firstPacket: Uint8Array | undefined;
  /** Container time of one fixed packet of the track. */
  readonly anchorTime: number;
  /** Where the track's last packet ends, in nanoseconds of the source; by default, what the video's index says. */
  readonly endNs?: number | undefined;
}

/** Reads the packets of one audio track by times of the output, and puts them in their places. */
export class AudioPackets {
  /** Ticks a second of places: packet lengths are whole in it. */
  readonly rate: number;
  /** Where the fixed packet begins, by its own time, on the output timeline, in ticks of the rate. */
  readonly anchorTicks: number;
  /** How far two times may lie apart and mean the same, in ticks of the rate. */
  readonly slackTicks: number;
  /** Where the track's last packet ends on the output timeline, in ticks of the rate, where the index knows it. */
  readonly endTicks: number | undefined;
  readonly #track: AudioTrack;
  readonly #reader: AudioReader;
  readonly #firstPacket: Uint8Array | undefined;
  readonly #rules: AudioPlacementRules;
  readonly #originTicks: number;
  readonly #statedFrames: number | undefined;

  /**
   * @param context - the source.
   * @param track - its track.
   * @param options - what is fixed for the track.
   */
  constructor(context: SegmentContext, track: AudioTrack, options: AudioPacketsOptions) {
    const durations = createFrameDuration(track, options.firstPacket);
    this.rate = durations.rate;
    this.#track = track;
    this.#reader = new AudioReader(context, track);
    this.#firstPacket = options.firstPacket;
    this.#rules = {
      timing: track,
      rate: durations.rate,
      quantum: durations.quantum,
      granule: vorbisGranule(track),
      anchorTime: options.anchorTime,
    };
    this.#originTicks = ticksOf(context.origin, durations.rate);
    this.slackTicks = slackTicksOf(this.#rules);
    this.anchorTicks = this.spanOf(options.anchorTime) - this.#originTicks;
    const endNs = options.endNs ?? context.index?.trackEndsNs.get(track.id);
    this.endTicks =
      endNs === undefined
        ? undefined
        : rescale(believableEnd(endNs, context), 1e9, durations.rate, 'up') - this.#originTicks;
    this.#statedFrames = track.defaultDuration === undefined ? undefined : this.spanOf(track.defaultDuration);
  }

  /** Converts a span of the container's ticks. */
  spanOf(containerTicks: number): number {
    return rescale(containerTicks, this.#track.timescale, this.rate);
  }

  /**
   * Reads the packets that sound between two times of the output.
   * @param fromTicks - in ticks of the rate; may be negative.
   * @param aroundTicks - where the segment that they are for begins.
   * @param toTicks - in ticks of the rate.
   * @param options - `missingTicks`: how much may be missing at the beginning, if reading it would mean reading further
   * back; a signal.
   * @returns packets in stored order: those, whatever else had to be read for them.
   */
  async read(
    fromTicks: number,
    aroundTicks: number,
    toTicks: number,
    options: { readonly missingTicks?: number; readonly signal: AbortSignal },
  ): Promise<readonly ReadPacket[]> {
    const from = this.#containerTime(fromTicks);
    const to = this.#containerTime(toTicks);
    const stretch = {
      from: this.#containerTime(fromTicks + (options.missingTicks ?? 0)),
      around: this.#containerTime(aroundTicks),
      to,
    };
    const samples = await this.#reader.read(stretch, options.signal);
    return this.#measure(samples).filter((packet) => packet.endTime > from && packet.time < to);
  }

  /** Those of some packets that begin, by their own times, between two times of the output. */
  startingBetween(packets: readonly ReadPacket[], fromTicks: number, toTicks: number): readonly ReadPacket[] {
    const from = this.#containerTime(fromTicks);
    const to = this.#containerTime(toTicks);
    return packets.filter(({ time }) => time >= from && time < to);
  }

  /** Places packets, which are in stored order, by what they alone tell. */
  place(packets: readonly ReadPacket[]): PlacedAudio[] {
    const starts = placeAudio(packets, this.#rules);
    return packets.map(({ sample, frames, time, endTime }, i) => ({
      startTicks: starts[i]! - this.#originTicks,
      frames: Math.max(1, frames ?? this.spanOf(endTime - time)),
      sample,
    }));
  }

  #measure(samples: readonly Sample[]): ReadPacket[] {
    const durations = createFrameDuration(this.#track, this.#firstPacket);
    const timed = samples.map((sample) => ({
      sample,
      time: sample.presentationTime,
      frames: durations(sample.data) ?? this.#statedFrames,
      timeIsOwn: (sample.laceIndex ?? 0) === 0,
    }));
    const believed = believeTimes(timed, this.#rules);
    return believed.map((packet, i) => ({ ...packet, endTime: this.#endOf(packet, believed[i + 1]) }));
  }

  /** Of unknown length, a packet ends with the next one's beginning, and the last with the track. */
  #endOf({ time, frames }: TimedPacket, next: TimedPacket | undefined): number {
    if (frames !== undefined) return time + rescale(frames, this.rate, this.#track.timescale);
    const end = this.endTicks === undefined ? 0 : this.#containerTime(this.endTicks);
    return Math.max(time + 1, next?.time ?? end);
  }

  #containerTime(outputTicks: number): number {
    return rescale(outputTicks + this.#originTicks, this.rate, this.#track.timescale);
  }
}

/**
 * The last packet of a track may state any time, and all up to there would have to be filled with silence: it is believed
 * as far as the plan or the container's own duration reach, and some seconds more.
 */
function believableEnd(endNs: number, { durationNs, plan, origin }: SegmentContext): number {
  if (durationNs === undefined) return endNs;
  const originNs = ticksOf(origin, 1e9);
  const planEndNs = originNs + rescale(plan.end, plan.timescale, 1e9, 'up');
  return Math.min(endNs, Math.max(planEndNs, durationNs + Math.max(0, originNs)) + maxSurplusNs);
}
