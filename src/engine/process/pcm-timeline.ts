/** A stretch of samples, first to last; `end` is not part of it. */
export interface SampleRange {
  /** First sample. */
  readonly start: number;
  /** First sample after it. */
  readonly end: number;
}

/** Gaps up to this fraction of a second are rounding of a container's times and not silence: they are bridged. */
const BRIDGED_FRACTION = 1 / 500;

/**
 * A window on the source's sample timeline into which decoded samples are laid by their times: what nothing covers is
 * silence, what two cover is the later one's. Where a sample goes depends on its own time alone, and so drift cannot build up.
 */
export class PcmTimeline {
  /** Samples a second. */
  readonly rate: number;
  /** Index of the window's first sample on the timeline. */
  readonly start: number;
  /** The window's samples, one array a channel. */
  readonly planes: readonly Float32Array[];
  /** Stretches that hold a mix that can overload. */
  readonly mixed: SampleRange[] = [];
  readonly #length: number;
  /** Where the samples laid last end; undefined before the first. */
  #lastEnd: number | undefined;

  /**
   * @param rate - samples a second.
   * @param window - the samples that are wanted. What lies before time zero stays silent in any case.
   * @param channels - number of channels.
   */
  constructor(rate: number, window: SampleRange, channels: number) {
    this.rate = rate;
    this.start = window.start;
    this.#length = window.end - window.start;
    this.planes = Array.from({ length: channels }, () => new Float32Array(this.#length));
  }

  /**
   * Lays samples onto the timeline.
   * @param start - time of the first one, in samples.
   * @param planes - the samples, one array a channel; copied.
   * @param from - first sample of `planes` that is wanted.
   * @param count - how many.
   * @param isMixed - whether they are a mix that can overload.
   */
  place(start: number, planes: readonly Float32Array[], from: number, count: number, isMixed: boolean): void {
    const begin = Math.max(start, this.start, 0);
    const end = Math.min(start + count, this.start + this.#length);
    if (begin < end) {
      const target = begin - this.start;
      const first = from + begin - start;
      for (let channel = 0; channel < this.planes.length; channel++) {
        this.planes[channel]!.set(planes[channel]!.subarray(first, first + end - begin), target);
      }
      if (isMixed) this.#markMixed(begin, end);
      if (begin === start) this.#bridgeTo(start);
    }
    this.#lastEnd = start + count;
  }

  /**
   * Silences everything from a time on: another format goes on from there.
   * @param start - first sample to silence.
   */
  clearFrom(start: number): void {
    const from = Math.max(0, start - this.start);
    if (from < this.#length) for (const plane of this.planes) plane.fill(0, from);
  }

  /** Draws a straight line over a gap that only rounding has made: a jump to silence and back would click. */
  #bridgeTo(start: number): void {
    if (this.#lastEnd === undefined) return;
    const gap = start - this.#lastEnd;
    const before = this.#lastEnd - 1 - this.start;
    if (gap <= 0 || gap > this.rate * BRIDGED_FRACTION || before < 0) return;
    for (const plane of this.planes) {
      const from = plane[before]!;
      const step = (plane[before + gap + 1]! - from) / (gap + 1);
      for (let i = 1; i <= gap; i++) plane[before + i] = from + step * i;
    }
  }

  #markMixed(start: number, end: number): void {
    const last = this.mixed.at(-1);
    if (last?.end === start) this.mixed[this.mixed.length - 1] = { start: last.start, end };
    else this.mixed.push({ start, end });
  }
}
