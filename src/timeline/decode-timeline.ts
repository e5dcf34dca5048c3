/** A sample in decode order whose presentation time is known. */
export interface PresentedSample {
  /** Presentation time in ticks of the output track. */
  readonly presentationTicks: number;
}

/** A sample with the times that a fragment states. */
export interface TimedSample<T> {
  /** What was given in. */
  readonly sample: T;
  /**
   * The i-th smallest presentation time, for the i-th sample in decode order: the time up to which the samples before
   * this one fill the presentation. Fragments are cut by it. Strictly rising.
   */
  readonly cutTicks: number;
  /** Decode time in ticks; strictly rising, and never after the presentation time. */
  readonly decodeTicks: number;
  /** Ticks to the next sample's decode time. */
  readonly durationTicks: number;
  /** Presentation time minus decode time. */
  readonly compositionOffset: number;
}

/** No picture buffer of any codec holds more; a stream that needs more is not a valid one. */
const deepestReordering = 16;

/**
 * Reconstructs decode times from presentation times, with a look-ahead of `reorderDepth` samples and one.
 *
 * Presentation times are kept exactly as they are, from the very first. Decode times follow `reorderDepth` frames behind
 * them, as they do in a decoder, so that no composition offset is negative; docs/decisions/0001-decode-times.md says why.
 * The first frames of a stream, for which there is no time that far back, are decoded within the first frame's interval.
 *
 * A reorder depth that proves too small (parameter sets can lie) is raised on the way; decode times rise all the same.
 * @see ISO/IEC 14496-12, section 8.6.1
 */
export class DecodeTimeline<T extends PresentedSample> {
  #reorderDepth: number;
  /** Samples whose place in the presentation is not known yet, in decode order. */
  readonly #waiting: T[] = [];
  /** Their presentation times, ascending. */
  readonly #times: number[] = [];
  /** The last cut times, one more than the reorder depth: what decode times are taken from. */
  readonly #history: number[] = [];
  #count = 0;
  #firstTicks = 0;
  #lastCutTicks = Number.NEGATIVE_INFINITY;
  /** The sample that waits for its duration only. */
  #open: { readonly sample: T; readonly cutTicks: number; readonly decodeTicks: number } | undefined;
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

  /** The sample that was given in first of those not given out yet. */
  get oldest(): T | undefined {
    return this.#open?.sample ?? this.#waiting[0];
  }

  /**
   * Takes the next sample in decode order.
   * @param sample - kept until its times are known.
   * @param out - receives the samples whose times are known now.
   */
  push(sample: T, out: TimedSample<T>[]): void {
    const time = sample.presentationTicks;
    if (time < this.#lastCutTicks) {
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
    const { sample, cutTicks, decodeTicks } = this.#open;
    const before = this.#history.at(-2);
    const lastDistance = before === undefined ? 1 : cutTicks - before;
    // The track ends where its last picture does, however far decoding runs behind.
    const endTicks = cutTicks + Math.max(1, lastDurationTicks ?? lastDistance);
    out.push(timed(sample, cutTicks, decodeTicks, endTicks));
    this.#open = undefined;
  }

  #drain(keep: number, out: TimedSample<T>[]): void {
    while (this.#waiting.length > keep) {
      const sample = this.#waiting.shift()!;
      const cutTicks = Math.max(this.#times.shift()!, this.#lastCutTicks + 1);
      const decodeTicks = this.#decodeTicksAt(cutTicks);
      if (this.#open !== undefined) {
        out.push(timed(this.#open.sample, this.#open.cutTicks, this.#open.decodeTicks, decodeTicks));
      }
      this.#open = { sample, cutTicks, decodeTicks };
      this.#lastCutTicks = cutTicks;
      this.#count++;
    }
  }

  #decodeTicksAt(cutTicks: number): number {
    const depth = this.#reorderDepth;
    this.#history.push(cutTicks);
    if (this.#history.length > depth + 2) this.#history.shift();
    if (this.#count === 0) {
      this.#firstTicks = cutTicks;
      return cutTicks;
    }
    const lagging =
      this.#count > depth
        ? // A depth that was raised just now reaches back further than is remembered.
          (this.#history.at(-1 - depth) ?? this.#history[0]!)
        : this.#firstTicks +
          Math.floor(((this.#secondTicks() - this.#firstTicks) * this.#count) / (depth + 1));
    return Math.max(lagging, this.#open!.decodeTicks + 1);
  }

  /** Cut time of the second sample; asked for only while it is in the history. */
  #secondTicks(): number {
    return this.#history[1]!;
  }
}

function timed<T extends PresentedSample>(
  sample: T,
  cutTicks: number,
  decodeTicks: number,
  nextDecodeTicks: number,
): TimedSample<T> {
  return {
    sample,
    cutTicks,
    decodeTicks,
    durationTicks: Math.max(1, nextDecodeTicks - decodeTicks),
    compositionOffset: sample.presentationTicks - decodeTicks,
  };
}

/** Inserts into an ascending list that never holds more than the reorder depth and one. */
function insertSorted(list: number[], value: number): void {
  let at = list.length;
  list.push(value);
  for (; at > 0 && list[at - 1]! > value; at--) list[at] = list[at - 1]!;
  list[at] = value;
}
