/** A sample in decode order whose presentation time is known. */
export interface PresentedSample {
  /** Presentation time in ticks of the output track. */
  readonly presentationTicks: number;
  /** The sample begins a coded video sequence: an IRAP picture. All later samples are presented after all earlier ones. */
  readonly startsSequence: boolean;
}

/** A sample with the times that a fragment states. */
export interface TimedSample<T> {
  /** What was given in. */
  readonly sample: T;
  /** Decode time in ticks; strictly rising. */
  readonly decodeTicks: number;
  /** Ticks to the next sample's decode time. */
  readonly durationTicks: number;
  /** Presentation time minus decode time; may be negative. */
  readonly compositionOffset: number;
}

/** No picture buffer of any codec holds more; a stream that needs more is not a valid one. */
const deepestReordering = 16;

/**
 * Reconstructs decode times from presentation times. Within one coded video sequence the decode time of the i-th sample
 * is the i-th smallest presentation time, so nothing is shifted and the sequences abut. The i-th smallest is known as
 * soon as `reorderDepth` further samples have been seen: that is the whole look-ahead, plus one sample whose decode time
 * gives the duration of the one before.
 *
 * A reorder depth that proves too small (parameter sets can lie) is raised on the way; decode times rise strictly all the
 * same. Times are those of ISO/IEC 14496-12, section 8.6.1.
 */
export class DecodeTimeline<T extends PresentedSample> {
  #reorderDepth: number;
  /** Samples whose decode time is not known yet, in decode order. */
  readonly #waiting: T[] = [];
  /** Their presentation times, ascending. */
  readonly #times: number[] = [];
  #lastDecodeTicks = Number.NEGATIVE_INFINITY;
  /** The sample that waits for its duration only. */
  #open: { readonly sample: T; readonly decodeTicks: number } | undefined;
  #lastDurationTicks: number | undefined;
  #lateSamples = 0;

  /** @param reorderDepth - upper bound of the frames that precede another in decode and follow it in presentation order. */
  constructor(reorderDepth: number) {
    this.#reorderDepth = Math.min(reorderDepth, deepestReordering);
  }

  /** Samples that came later than the stated reorder depth allows. */
  get lateSamples(): number {
    return this.#lateSamples;
  }

  /** Samples given in and not given out yet. */
  get pending(): number {
    return this.#waiting.length + (this.#open === undefined ? 0 : 1);
  }

  /**
   * Takes the next sample in decode order.
   * @param sample - kept until its times are known.
   * @param out - receives the samples whose times are known now.
   */
  push(sample: T, out: TimedSample<T>[]): void {
    if (sample.startsSequence) this.#drain(0, out);
    const time = sample.presentationTicks;
    if (time < this.#lastDecodeTicks && !sample.startsSequence) {
      this.#lateSamples++;
      if (this.#reorderDepth < deepestReordering) this.#reorderDepth++;
    }
    this.#waiting.push(sample);
    insertSorted(this.#times, time);
    this.#drain(this.#reorderDepth, out);
  }

  /**
   * Ends the track.
   * @param lastDurationTicks - duration of the last presented sample; the last known distance when absent.
   * @param out - receives the remaining samples.
   */
  finish(lastDurationTicks: number | undefined, out: TimedSample<T>[]): void {
    this.#drain(0, out);
    if (this.#open === undefined) return;
    const durationTicks = Math.max(1, lastDurationTicks ?? this.#lastDurationTicks ?? 1);
    out.push(timed(this.#open.sample, this.#open.decodeTicks, durationTicks));
    this.#open = undefined;
  }

  #drain(keep: number, out: TimedSample<T>[]): void {
    while (this.#waiting.length > keep) {
      const sample = this.#waiting.shift()!;
      const decodeTicks = Math.max(this.#times.shift()!, this.#lastDecodeTicks + 1);
      if (this.#open !== undefined) {
        const durationTicks = decodeTicks - this.#open.decodeTicks;
        out.push(timed(this.#open.sample, this.#open.decodeTicks, durationTicks));
        this.#lastDurationTicks = durationTicks;
      }
      this.#open = { sample, decodeTicks };
      this.#lastDecodeTicks = decodeTicks;
    }
  }
}

function timed<T extends PresentedSample>(
  sample: T,
  decodeTicks: number,
  durationTicks: number,
): TimedSample<T> {
  return { sample, decodeTicks, durationTicks, compositionOffset: sample.presentationTicks - decodeTicks };
}

/** Inserts into an ascending list that never holds more than the reorder depth and one. */
function insertSorted(list: number[], value: number): void {
  let at = list.length;
  while (at > 0 && list[at - 1]! > value) at--;
  list.splice(at, 0, value);
}
