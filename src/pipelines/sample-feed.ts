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
      let batch = this.#peeked[i];
      if (batch === undefined) {
        if (this.#ended) break;
        batch = await this.#pull();
        if (batch === undefined) break;
        this.#peeked.push(batch);
      }
      for (const sample of batch) {
        bytes += sample.data.byteLength;
        if (trackIds.has(sample.trackId) && !found.has(sample.trackId) && isFit(sample)) {
          found.set(sample.trackId, sample);
        }
      }
    }
    return found;
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
