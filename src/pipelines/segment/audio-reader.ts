import type { SampleOptions } from '../../media/demuxer.js';
import { likelyOffsetAt } from '../../media/likely-offset.js';
import type { Keyframe, MediaIndex } from '../../media/media-index.js';
import type { Sample } from '../../media/sample.js';
import type { AudioTrack } from '../../media/track.js';
import { copyPackets } from './copy-packets.js';
import { PacketTake, startsBy } from './packet-take.js';
import type { PassedAudio } from './passed-audio.js';
import type { SegmentContext, SegmentDemuxer } from './segment-track.js';

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
/** Steps back in time where there is no index, in seconds, when a first attempt led too far. */
const stepsBackSeconds: readonly number[] = [0, 5, 30];
/** A keyframe this close before is where reading begins, in bytes. */
const nearBytes = 1024 * 1024;
/** Where the index ends a read, this many bytes behind are read at once too: where a read is a request, and else. */
const requestedBytesBehind = 64 * 1024;
const localBytesBehind = 8 * 1024;
/** Where samples are found by their times, what is read behind the end: packets enough to see that it is one. */
const readBehindSeconds = 0.25;

/** Bytes of the source that are to be read, from a place or from a time on. */
interface ByteStretch {
  readonly startOffset?: number;
  readonly startNs?: number;
  readonly endOffset?: number | undefined;
  readonly endNs?: number;
  /** Samples that stand before this one are known. */
  readonly fromOffset?: number;
  readonly signal: AbortSignal;
}

/**
 * Reads the packets of an audio track that sound in a stretch of time, wherever the muxer put them: from the source, but for
 * those that were met when the video between them was read.
 */
export class AudioReader {
  readonly #demuxer: SegmentDemuxer;
  /** Of the video track; undefined for audio alone. */
  readonly #index: MediaIndex | undefined;
  readonly #passed: PassedAudio | undefined;
  readonly #track: AudioTrack;
  readonly #bytesBehind: number;

  /**
   * @param context - the source.
   * @param track - the audio track.
   */
  constructor(context: SegmentContext, track: AudioTrack) {
    this.#demuxer = context.demuxer;
    this.#index = context.index;
    this.#passed = context.passedAudio;
    this.#track = track;
    this.#bytesBehind = context.isLocal === true ? localBytesBehind : requestedBytesBehind;
  }

  /**
   * Reads a stretch. What is given depends on the source and the stretch alone.
   * @returns packets in stored order, with others before and behind; their bytes are copies, so that the video between
   * them is not held.
   * @throws {SourceError | MalformedMediaError | LimitExceededError} when the source cannot be read on.
   */
  async read(stretch: AudioStretch, signal: AbortSignal): Promise<readonly Sample[]> {
    const index = this.#demuxer.findsByTime === true ? undefined : this.#index;
    const packets =
      index === undefined
        ? await this.#readByTime(stretch, signal)
        : await this.#readByIndex(index, stretch, signal);
    this.#passed?.want(this.#track.id);
    return packets;
  }

  async #readByIndex(index: MediaIndex, stretch: AudioStretch, signal: AbortSignal): Promise<Sample[]> {
    const first = this.#demuxer.firstClusterOffset;
    const reach = interleavingSeconds * this.#track.timescale;
    const before = (time: number): number => this.#keyframeAt(index, time)?.offset ?? first;
    let start = before(stretch.around);
    const take = this.#take(stretch.to, this.#keyframeBehind(index, stretch.to + reach)?.offset);
    await this.#readOn(take, start, this.#likelyEnd(index, stretch.to), signal);
    const { packets } = take;
    // Audio stands behind the video of its time as a rule; where it stands before it, the Clusters before hold it.
    const floor = before(stretch.from - reach);
    while (start > floor && !startsBy(packets, stretch.from)) {
      const keyframe = this.#keyframeAt(index, stretch.from)?.offset ?? first;
      // What is small is read at once: to look for a nearer Cluster would cost as much.
      const isNear = keyframe < start && start - keyframe <= nearBytes;
      const at = isNear ? keyframe : await this.#clusterBefore(start, signal);
      if (at === undefined) break;
      const earlier = this.#take(Infinity, start);
      await this.#readOn(earlier, at, start, signal);
      packets.unshift(...earlier.packets);
      start = at;
    }
    return packets;
  }

  async #readByTime(stretch: AudioStretch, signal: AbortSignal): Promise<readonly Sample[]> {
    const endNs = this.#nanosecondsOf(stretch.to) + readBehindSeconds * 1e9;
    const known = await this.#takePassed(stretch, signal);
    const last = known?.packets.at(-1);
    if (known !== undefined && last !== undefined) {
      const startNs = this.#nanosecondsOf(last.presentationTime);
      const fromOffset = last.offset + 1;
      if (!known.isDone) await this.#readInto(known, { startNs, endNs, fromOffset, signal });
      return known.packets;
    }
    let packets: readonly Sample[] = [];
    for (const seconds of stepsBackSeconds) {
      const startNs = this.#nanosecondsOf(stretch.from) - seconds * 1e9;
      const take = this.#take(stretch.to);
      await this.#readInto(take, { startNs, endNs, signal });
      packets = take.packets;
      // Where each track has a table, what does not begin there begins later.
      if (this.#demuxer.readsTracksAlone === true) break;
      if (startNs <= 0 || startsBy(packets, stretch.from)) break;
    }
    return packets;
  }

  /** Takes what was met with the video of a stretch, with what comes before it from the source. */
  async #takePassed(stretch: AudioStretch, signal: AbortSignal): Promise<PacketTake | undefined> {
    if (this.#passed === undefined || this.#index === undefined) return undefined;
    const keyframe = this.#keyframeAt(this.#index, stretch.around);
    const start = keyframe && this.#passed.knownFrom(this.#track.id, keyframe.offset);
    if (start === undefined) return undefined;
    const take = this.#take(stretch.to);
    await this.#follow(this.#passed, take, start, signal);
    const { packets } = take;
    const sounding = packets.findLastIndex(({ presentationTime }) => presentationTime <= stretch.from);
    if (sounding < 0 && packets.length > 0) {
      const head = this.#take(Infinity, packets[0]!.offset);
      const startNs = this.#nanosecondsOf(stretch.from);
      const endNs = this.#nanosecondsOf(packets[0]!.presentationTime + 1);
      await this.#readInto(head, { startNs, endNs, signal });
      packets.unshift(...head.packets);
    }
    packets.splice(0, Math.max(0, sounding));
    return take;
  }

  /** Takes what stands from a place on: what is known of it, and the rest from the source. */
  async #readOn(
    take: PacketTake,
    startOffset: number,
    endOffset: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const known =
      this.#passed === undefined ? startOffset : await this.#follow(this.#passed, take, startOffset, signal);
    if (take.isDone || known >= take.stopOffset) return;
    // Reading begins at a Cluster, and what is known of it already comes a second time.
    const entry = known === startOffset ? undefined : this.#passed?.entryBefore(this.#track.id, known);
    const from = Math.max(startOffset, entry ?? startOffset);
    await this.#readInto(take, { startOffset: from, endOffset, fromOffset: known, signal });
  }

  async #clusterBefore(offset: number, signal: AbortSignal): Promise<number | undefined> {
    const met = this.#passed?.entryBefore(this.#track.id, offset);
    return met ?? (await this.#demuxer.clusterBefore(offset, { signal }));
  }

  /** Takes what is known from a place on. @returns the offset up to which that is all. */
  async #follow(
    passed: PassedAudio,
    take: PacketTake,
    startOffset: number,
    signal: AbortSignal,
  ): Promise<number> {
    let known = startOffset;
    for await (const { packets, endOffset } of passed.follow(this.#track.id, startOffset, signal)) {
      known = endOffset;
      if (take.push(packets) || known >= take.stopOffset) break;
    }
    return known;
  }

  /** Takes what the source has, until it is enough. */
  async #readInto(take: PacketTake, stretch: ByteStretch): Promise<void> {
    const { id } = this.#track;
    const { startOffset, startNs, endOffset, endNs, fromOffset, signal } = stretch;
    // The video tells how far reading has come where the audio has a hole.
    const isByTime = this.#demuxer.findsByTime === true || this.#index === undefined;
    const options: SampleOptions = {
      trackIds: new Set(isByTime ? [id] : [id, this.#index.trackId]),
      startOffset,
      startNs: startNs === undefined ? undefined : Math.round(startNs),
      seekTrackId: id,
      endOffset,
      endNs: endNs === undefined ? undefined : Math.round(endNs),
      signal,
    };
    for await (const batch of this.#demuxer.samples(options)) {
      if (take.push(batch, copyPackets, fromOffset)) return;
    }
  }

  #take(stopTime: number, stopOffset = Infinity): PacketTake {
    return new PacketTake({ trackId: this.#track.id, stopTime, stopOffset });
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

  /** The byte at which the audio of a time probably ends. */
  #likelyEnd(index: MediaIndex, time: number): number | undefined {
    const offset = likelyOffsetAt(index.keyframes, this.#nanosecondsOf(time));
    return offset === undefined ? undefined : offset + this.#bytesBehind;
  }
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
