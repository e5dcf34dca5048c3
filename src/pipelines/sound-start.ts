import type { AudioTrack } from '../media/track.js';
import { ticksOf, type Instant } from '../time/instant.js';
import { rescale } from '../time/rescale.js';
import type { SampleFeed } from './sample-feed.js';

/** How much later than the start sound may be heard, in nanoseconds: in less than a packet nothing is missed. */
const slackNs = 50e6;
/** How much further back reading begins than where the missing sound seems to stand, in nanoseconds. */
const leadNs = 500e6;
/** How far is read for the first packet; where none comes, there is a pause. */
const peekBytes = 4 * 1024 * 1024;

/**
 * Sees to it that a stream that begins in the middle has its sound from there on. Reading begins at a picture as a rule, and sound of
 * the same time stands behind it; where a container stores it before the picture, reading begins earlier.
 */
export class SoundStart {
  readonly #track: AudioTrack | undefined;
  /** When the source's first packet is heard, in nanoseconds. */
  readonly #beginNs: number;
  #firstNs: number | undefined;

  /**
   * @param track - the track; undefined without sound.
   * @param firstTime - presentation time of the source's first packet, in ticks of the container; undefined where none was
   * found.
   */
  constructor(track: AudioTrack | undefined, firstTime: number | undefined) {
    this.#track = firstTime === undefined ? undefined : track;
    this.#beginNs = track === undefined ? 0 : rescale(firstTime ?? 0, track.timescale, 1e9);
  }

  /** Finds the first packet of what is to be read. */
  async look(feed: SampleFeed): Promise<void> {
    this.#firstNs = undefined;
    if (this.#track === undefined) return;
    const { id, timescale } = this.#track;
    const first = (await feed.peekFirst(new Set([id]), peekBytes)).get(id);
    if (first !== undefined) this.#firstNs = rescale(first.presentationTime, timescale, 1e9);
  }

  /**
   * Tells where else to go.
   * @param start - where the stream begins, on the source's timeline.
   * @param soughtNs - the time by which the place was found that was looked at.
   * @returns an earlier time to go by; undefined where nothing is missing, or nothing more can be had.
   */
  earlier(start: Instant, soughtNs: number): number | undefined {
    const startNs = ticksOf(start, 1e9);
    if (this.#firstNs === undefined || this.#beginNs >= startNs) return undefined;
    const lateNs = this.#firstNs - startNs;
    // By how much sound is late that was stored ahead, by so much it was stored ahead.
    const before = startNs - lateNs - leadNs;
    return lateNs > slackNs && before < soughtNs ? before : undefined;
  }
}
