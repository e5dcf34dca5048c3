import { checkLimit } from '../../bytes/limits.js';
import type { Keyframe, MediaIndex } from '../../media/media-index.js';
import type { Sample } from '../../media/sample.js';
import type { AudioTrack } from '../../media/track.js';
import type { SegmentDemuxer } from './segment-track.js';

/** A stretch of a track that is wanted, in the container's ticks of the track. */
export interface AudioStretch {
  /** Where it begins; what sounds there may have begun before. */
  readonly from: number;
  /** Where the segment that it is for begins: its video stands at about this time. */
  readonly around: number;
  /** Where it ends. */
  readonly to: number;
}

/** How far, in seconds, audio may stand from the video of its time. Muxers keep to a second or so. */
const interleavingSeconds = 5;
/** This many packets in a row behind the end are the end: one may have a damaged time. */
const packetsBehindEnd = 3;
/** The most bytes of packets of one stretch: PCM of 8 channels at 192 kHz for a minute. */
const maxBytes = 512 * 1024 * 1024;
/** Steps back in time where there is no index, in seconds, when a first attempt led too far. */
const stepsBackSeconds: readonly number[] = [0, 5, 30];
/** A keyframe this close before is where reading begins, in bytes. */
const nearBytes = 1024 * 1024;
/** Where the index ends a read, this many bytes behind are read at once too. */
const readBehindBytes = 64 * 1024;

/** Reads the packets of an audio track that sound in a stretch of time, wherever the muxer put them. */
export class AudioReader {
  readonly #demuxer: SegmentDemuxer;
  readonly #index: MediaIndex | undefined;
  readonly #track: AudioTrack;

  /**
   * @param demuxer - reads the source.
   * @param index - of the video track; undefined for audio alone.
   * @param track - the audio track.
   */
  constructor(demuxer: SegmentDemuxer, index: MediaIndex | undefined, track: AudioTrack) {
    this.#demuxer = demuxer;
    this.#index = index;
    this.#track = track;
  }

  /**
   * Reads a stretch. What is read depends on the source and the stretch alone.
   * @returns packets in stored order, with others before and behind; their bytes are copies, so that the video between
   * them is not held.
   * @throws {SourceError | MalformedMediaError | LimitExceededError} when the source cannot be read on.
   */
  read(stretch: AudioStretch, signal: AbortSignal): Promise<Sample[]> {
    return this.#index === undefined
      ? this.#readByTime(stretch, signal)
      : this.#readByIndex(this.#index, stretch, signal);
  }

  async #readByIndex(index: MediaIndex, stretch: AudioStretch, signal: AbortSignal): Promise<Sample[]> {
    const first = this.#demuxer.firstClusterOffset;
    const reach = interleavingSeconds * this.#track.timescale;
    const before = (time: number): number => this.#keyframeAt(index, time)?.offset ?? first;
    const behind = this.#keyframeBehind(index, stretch.to + reach)?.offset ?? Infinity;
    let start = before(stretch.around);
    const packets = await this.#readOn({
      startOffset: start,
      endOffset: this.#likelyEnd(index, stretch.to),
      stopOffset: behind,
      stopTime: stretch.to,
      signal,
    });
    // Audio stands behind the video of its time as a rule; where it stands before it, the Clusters before hold it.
    const floor = before(stretch.from - reach);
    while (start > floor && !startsBy(packets, stretch.from)) {
      const keyframe = this.#keyframeAt(index, stretch.from)?.offset ?? first;
      // What is small is read at once: to look for a nearer Cluster would cost as much.
      const isNear = keyframe < start && start - keyframe <= nearBytes;
      const at = isNear ? keyframe : await this.#demuxer.clusterBefore(start, { signal });
      if (at === undefined) break;
      packets.unshift(
        ...(await this.#readOn({
          startOffset: at,
          endOffset: start,
          stopOffset: start,
          stopTime: Infinity,
          signal,
        })),
      );
      start = at;
    }
    return packets;
  }

  async #readByTime(stretch: AudioStretch, signal: AbortSignal): Promise<Sample[]> {
    let packets: Sample[] = [];
    for (const seconds of stepsBackSeconds) {
      const startNs = (stretch.from / this.#track.timescale - seconds) * 1e9;
      packets = await this.#readOn({ startNs, stopOffset: Infinity, stopTime: stretch.to, signal });
      if (startNs <= 0 || startsBy(packets, stretch.from)) break;
    }
    return packets;
  }

  /** Reads from a place to another, or until the track has passed a time. */
  async #readOn(options: {
    readonly startOffset?: number;
    readonly startNs?: number;
    readonly endOffset?: number | undefined;
    readonly stopOffset: number;
    readonly stopTime: number;
    readonly signal: AbortSignal;
  }): Promise<Sample[]> {
    const { startOffset, startNs, endOffset, stopOffset, stopTime, signal } = options;
    const { id } = this.#track;
    // The video tells how far reading has come where the audio has a hole.
    const trackIds = new Set(this.#index === undefined ? [id] : [id, this.#index.trackId]);
    const packets: Sample[] = [];
    let bytes = 0;
    let passed = 0;
    const batches = this.#demuxer.samples({
      trackIds,
      startOffset,
      startNs: startNs === undefined ? undefined : Math.round(startNs),
      seekTrackId: id,
      endOffset,
      signal,
    });
    for await (const batch of batches) {
      const wanted: Sample[] = [];
      for (const sample of batch) {
        if (sample.offset >= stopOffset) return packets.concat(copyPackets(wanted));
        if (sample.trackId !== id) continue;
        if ((sample.laceIndex ?? 0) === 0) {
          if (passed === packetsBehindEnd) return packets.concat(copyPackets(wanted));
          passed = sample.presentationTime > stopTime ? passed + 1 : 0;
        }
        bytes += sample.data.byteLength;
        checkLimit('size of the audio of one segment in bytes', bytes, maxBytes, { track: id });
        wanted.push(sample);
      }
      for (const packet of copyPackets(wanted)) packets.push(packet);
      if (passed === packetsBehindEnd) return packets;
    }
    return packets;
  }

  #nanosecondsOf(time: number): number {
    return (time / this.#track.timescale) * 1e9;
  }

  #keyframeAt({ keyframes }: MediaIndex, time: number): Keyframe | undefined {
    return keyframes[countUpTo(keyframes, this.#nanosecondsOf(time)) - 1];
  }

  #keyframeBehind({ keyframes }: MediaIndex, time: number): Keyframe | undefined {
    return keyframes[countUpTo(keyframes, this.#nanosecondsOf(time))];
  }

  /** The byte at which the audio of a time probably ends, by the keyframes around it. */
  #likelyEnd(index: MediaIndex, time: number): number | undefined {
    const before = this.#keyframeAt(index, time);
    const behind = this.#keyframeBehind(index, time);
    if (before === undefined || behind === undefined) return undefined;
    const share = (this.#nanosecondsOf(time) - before.timeNs) / (behind.timeNs - before.timeNs);
    const distance = Math.max(0, behind.offset - before.offset);
    return Math.round(before.offset + share * distance) + readBehindBytes;
  }
}

/** Copies packets out of what was read, into one buffer for all: hundreds of small ones would cost more than the copying. */
function copyPackets(packets: readonly Sample[]): Sample[] {
  const bytes = new Uint8Array(packets.reduce((sum, { data }) => sum + data.byteLength, 0));
  let end = 0;
  return packets.map((packet) => {
    const start = end;
    end += packet.data.byteLength;
    bytes.set(packet.data, start);
    return { ...packet, data: bytes.subarray(start, end) };
  });
}

/** Whether the packets begin early enough. A single damaged time tells nothing. */
function startsBy(packets: readonly Sample[], time: number): boolean {
  return packets.slice(0, packetsBehindEnd).some((packet) => packet.presentationTime <= time);
}

/** Number of keyframes that are not later than a time. */
function countUpTo(keyframes: readonly Keyframe[], timeNs: number): number {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyframes[middle]!.timeNs <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
