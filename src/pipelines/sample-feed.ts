import type { Demuxer, SampleOptions } from '../media/demuxer.js';
import type { Sample } from '../media/sample.js';

/** Batches of samples, of which the first can be looked at without being used up. */
export class SampleFeed implements AsyncDisposable {
  readonly #batches: AsyncIterator<readonly Sample[]>;
  readonly #peeked: (readonly Sample[])[] = [];
  #ended = false;

  /**
   * @param demuxer - where samples come from.
   * @param options - which samples, from when.
   */
  constructor(demuxer: Demuxer, options: SampleOptions) {
    this.#batches = demuxer.samples(options)[Symbol.asyncIterator]();
  }

  /** Gives the next batch; undefined at the end. */
  async next(): Promise<readonly Sample[] | undefined> {
    const peeked = this.#peeked.shift();
    if (peeked !== undefined || this.#ended) return peeked;
    return this.#pull();
  }

  /**
   * Finds the first sample of each of some tracks, reading ahead no further than needed and than a limit.
   * @param trackIds - the tracks.
   * @param limitBytes - how many bytes of samples are looked through at most.
   * @param isFit - whether a sample is one that is looked for; any is when absent.
   */
  async peekFirst(
    trackIds: ReadonlySet<number>,
    limitBytes: number,
    isFit: (sample: Sample) => boolean = () => true,
  ): Promise<Map<number, Sample>> {
    const found = new Map<number, Sample>();
    let bytes = 0;
    for (let i = 0; found.size < trackIds.size && bytes <= limitBytes; i++) {
      const batch = await this.#peek(i);
      if (batch === undefined) break;
      for (const sample of batch) {
        bytes += sample.data.byteLength;
        if (trackIds.has(sample.trackId) && !found.has(sample.trackId) && isFit(sample)) {
          found.set(sample.trackId, sample);
        }
      }
    }
    return found;
  }

  /**
   * Finds the first samples of a track, reading ahead no further than needed and than a limit.
   * @param trackId - the track.
   * @param count - how many are looked for.
   * @param limitBytes - how many bytes of samples are looked through at most.
   */
  async peekSeveral(trackId: number, count: number, limitBytes: number): Promise<Sample[]> {
    const found: Sample[] = [];
    let bytes = 0;
    for (let i = 0; found.length < count && bytes <= limitBytes; i++) {
      const batch = await this.#peek(i);
      if (batch === undefined) break;
      for (const sample of batch) {
        bytes += sample.data.byteLength;
        if (sample.trackId === trackId && found.length < count) found.push(sample);
      }
    }
    return found;
  }

  /** The batch of a number, counted from the next; undefined behind the end. */
  async #peek(index: number): Promise<readonly Sample[] | undefined> {
    const peeked = this.#peeked[index];
    if (peeked !== undefined || this.#ended) return peeked;
    const batch = await this.#pull();
    if (batch !== undefined) this.#peeked.push(batch);
    return batch;
  }

  async #pull(): Promise<readonly Sample[] | undefined> {
    const result = await this.#batches.next();
    if (result.done !== true) return result.value;
    this.#ended = true;
    return undefined;
  }

  /** Ends the iteration, and with it the source's stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#peeked.length = 0;
    this.#ended = true;
    await this.#batches.return?.();
  }
}
