import { createFrameDuration, type FrameDuration } from '../codecs/frame-duration.js';
import type { Sample } from '../media/sample.js';
import type { ReadOptions } from '../media/source.js';
import type { AudioTrack, Track } from '../media/track.js';
import { rescale } from '../time/rescale.js';
import { BlockReader } from './block.js';
import { ByteQueue } from './byte-queue.js';
import { ClusterProbe } from './cluster-probe.js';
import { ClusterReader } from './cluster-reader.js';
import { DamageLog } from '../media/damage-log.js';
import type { SegmentAccess } from './segment-access.js';
import { extendTailWindow, type TailWindow } from './tail.js';

/** A window of this size must hold a sample of every track that is heard or seen, or more is read. */
const COMPLETE_BYTES = 4 << 20;
/** Nothing is read beyond this size: a Cluster of a few seconds at the highest rates in use is smaller. */
const MOST_BYTES = 64 << 20;

/**
 * Tells where the last sample of each track ends: by the last megabyte of the Clusters, and by more of them only where
 * that does not hold what is wanted.
 * @param window - the end of the Clusters.
 * @returns nanoseconds on the source's own timeline, by track; a track without a sample there is absent.
 * @throws {SourceError} when the source cannot be read.
 */
export async function readTrackEnds(
  access: SegmentAccess,
  window: TailWindow,
  options: ReadOptions = {},
): Promise<ReadonlyMap<number, number>> {
  for (let wider: TailWindow | undefined = window; ;) {
    const ends = measureTrackEnds(access, wider);
    const { length } = wider.bytes;
    const isEnough = length >= COMPLETE_BYTES && ends.size > 0;
    if (isEnough || length >= MOST_BYTES || hasAll(access, ends)) return ends;
    wider = await extendTailWindow(access, wider, options);
    if (wider === undefined) return ends;
  }
}

function hasAll(access: SegmentAccess, ends: ReadonlyMap<number, number>): boolean {
  return [...access.tracks.values()].every(({ track }) => track.type === 'subtitle' || ends.has(track.id));
}

/**
 * Tells where the last sample of each track ends, as the samples in a window tell.
 * @returns nanoseconds on the source's own timeline, by track; a track without a sample in the window is absent.
 */
function measureTrackEnds(access: SegmentAccess, window: TailWindow): Map<number, number> {
  const ends = new Map([...access.tracks.values()].map(({ track }) => [track.id, createEnd(track)]));
  // Only of audio the frames themselves are looked at; others need not be restored.
  const tracks = new Map(
    [...access.tracks].map(([id, track]) => [
      id,
      track.track.type === 'audio' ? track : { ...track, frameSteps: [] },
    ]),
  );
  const queue = new ByteQueue(window.offset);
  queue.append(window.bytes);
  if (new ClusterProbe().find(queue, true) === 'cluster') {
    const blocks = new BlockReader(tracks, access.timestampScale, access.inflate);
    const clusters = new ClusterReader(queue, access.segmentEnd, blocks, new DamageLog());
    for (let state = 'full'; state === 'full';) {
      const samples: Sample[] = [];
      state = clusters.read(samples);
      if (state === 'partial') clusters.finish(samples);
      for (const sample of samples) ends.get(sample.trackId)?.add(sample);
    }
  }
  return new Map(
    [...ends].flatMap(([trackId, end]) => (end.timeNs === undefined ? [] : [[trackId, end.timeNs] as const])),
  );
}

/** Where a track ends, as far as its samples were seen. */
interface TrackEnd {
  readonly timeNs: number | undefined;
  add(sample: Sample): void;
}

function createEnd(track: Track): TrackEnd {
  return track.type === 'audio' ? new AudioEnd(track) : new PictureEnd(track);
}

/** The picture that is shown last, and how long it is: as its block says, or its track, or as the one before it was. */
class PictureEnd implements TrackEnd {
  readonly #track: Track;
  #last: Sample | undefined;
  #timeBefore: number | undefined;

  constructor(track: Track) {
    this.#track = track;
  }

  get timeNs(): number | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    const sinceBefore = this.#timeBefore === undefined ? 0 : last.presentationTime - this.#timeBefore;
    const isVideo = this.#track.type === 'video';
    return (
      last.presentationTime + (last.duration ?? this.#track.defaultDuration ?? (isVideo ? sinceBefore : 0))
    );
  }

  add(sample: Sample): void {
    const time = sample.presentationTime;
    if (this.#last === undefined || time > this.#last.presentationTime) {
      this.#timeBefore = this.#last?.presentationTime;
      this.#last = sample;
    } else if (time < this.#last.presentationTime && time > (this.#timeBefore ?? -Infinity)) {
      this.#timeBefore = time;
    }
  }
}

/** The end of the last block: its time, and the lengths of the frames in it by what the codec says of them. */
class AudioEnd implements TrackEnd {
  #timeNs: number | undefined;
  #last: Sample | undefined;
  readonly #track: AudioTrack;
  #measure: FrameDuration | undefined;
  /** Of the block of which frames are added. */
  #blockOffset = -1;
  #frameEnd = 0;

  constructor(track: AudioTrack) {
    this.#track = track;
  }

  get timeNs(): number | undefined {
    const ofLast = this.#measure?.ofLast;
    const samples = this.#last && ofLast?.(this.#last.data);
    if (samples === undefined) return this.#timeNs;
    return this.#last!.presentationTime + rescale(samples, this.#measure!.rate, 1_000_000_000);
  }

  add(sample: Sample): void {
    const measure = (this.#measure ??= createFrameDuration(this.#track, sample.data));
    const samples = measure(sample.data);
    const codecNs = samples === undefined ? undefined : rescale(samples, measure.rate, 1_000_000_000);
    const isLaced = sample.offset === this.#blockOffset;
    // A later frame of a lace begins where the one before it ends.
    const start = isLaced ? Math.max(this.#frameEnd, sample.presentationTime) : sample.presentationTime;
    const discarded = Math.max(0, sample.discardPadding);
    const length =
      codecNs === undefined
        ? (sample.duration ?? this.#track.defaultDuration ?? 0)
        : Math.max(0, codecNs - discarded);
    this.#blockOffset = sample.offset;
    this.#frameEnd = start + length;
    if (this.#frameEnd > (this.#timeNs ?? -Infinity)) this.#last = sample;
    this.#timeNs = Math.max(this.#timeNs ?? -Infinity, this.#frameEnd);
  }
}
