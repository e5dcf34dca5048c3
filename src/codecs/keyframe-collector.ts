import { SegmintError } from '../errors.js';
import type { Keyframe } from '../media/media-index.js';
import type { Sample } from '../media/sample.js';
import type { Track, VideoTrack } from '../media/track.js';
import { rescale } from '../time/rescale.js';
import type { InspectVideoSample } from './configuration.js';
import { lonePictureTicks } from './lone-picture.js';
import { createVideoInspector } from './video.js';

/** Bytes of a picture that tell what it is: its headers stand before its first slice. */
export const INSPECTED_BYTES = 32 * 1024;

/** The most random access points that are remembered. */
const MAX_KEYFRAMES = 2_000_000;

/** Gathers the random access points of a track from its samples, of which the first bytes are enough. */
export class KeyframeCollector {
  readonly #track: VideoTrack;
  readonly #inspect: InspectVideoSample | undefined;
  readonly #ends = new Map<number, number>();
  readonly #scales: ReadonlyMap<number, Track>;
  #keyframes: Keyframe[] = [];

  /**
   * @param track - the track.
   * @param tracks - all tracks, whose ends are noted.
   */
  constructor(track: VideoTrack, tracks: readonly Track[]) {
    this.#track = track;
    this.#scales = new Map(tracks.map((one) => [one.id, one]));
    this.#inspect = inspectorOf(track);
  }

  /** Where each track ends as far as was seen, in nanoseconds. */
  get trackEndsNs(): ReadonlyMap<number, number> {
    return this.#ends;
  }

  /** The random access points in order of time; of several at one time the first stored. */
  get keyframes(): readonly Keyframe[] {
    const sorted = [...this.#keyframes].sort((a, b) => a.timeNs - b.timeNs);
    return sorted.filter(({ timeNs }, i) => i === 0 || timeNs > sorted[i - 1]!.timeNs);
  }

  /** Takes the next sample of any track. */
  push({ trackId, presentationTime, duration, isSync, offset, data }: Sample): void {
    const track = this.#scales.get(trackId);
    if (track === undefined) return;
    const toNs = (ticks: number): number => rescale(ticks, track.timescale, 1e9);
    const isAlone = trackId === this.#track.id && !this.#ends.has(trackId);
    const lasting = isAlone
      ? lonePictureTicks(this.#track, duration)
      : (duration ?? track.defaultDuration ?? 0);
    const end = toNs(presentationTime + lasting);
    this.#ends.set(trackId, Math.max(this.#ends.get(trackId) ?? -Infinity, end));
    if (trackId !== this.#track.id || this.#keyframes.length >= MAX_KEYFRAMES) return;
    const access = this.#randomAccess(data, isSync);
    if (access === 'none') return;
    this.#keyframes.push({ timeNs: toNs(presentationTime), offset, isStartable: access === 'start' });
  }

  #randomAccess(data: Uint8Array, isSync: boolean): 'start' | 'recovery' | 'none' {
    if (this.#inspect === undefined) return isSync ? 'start' : 'none';
    try {
      const { hasPicture, randomAccess } = this.#inspect(data);
      if (!hasPicture) return 'none';
      return randomAccess === 'none' && isSync ? 'recovery' : randomAccess;
    } catch (error) {
      // A damaged picture is no place to begin at.
      if (error instanceof SegmintError) return 'none';
      throw error;
    }
  }
}

/** Codecs that nobody copies have no inspector: their key frames are taken at the demuxer's word. */
function inspectorOf(track: VideoTrack): InspectVideoSample | undefined {
  try {
    return createVideoInspector(track);
  } catch (error) {
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}
