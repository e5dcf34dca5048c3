import { isHidden, type Sample } from '../media/sample.js';

/**
 * Finds where a copy of a track must end whose edit list ends it within a group of pictures: before the first picture in decode
 * order that is behind the end. Those that need it are left out with it, and the last one that is left stays for their time.
 */
export class ShownEnd {
  #latest: Sample | undefined;
  #until = Number.NEGATIVE_INFINITY;
  #isOver = false;

  /** For how long the last picture stays that is sent, in container ticks; undefined where nothing was left out behind it. */
  get lastDuration(): number | undefined {
    if (!this.#isOver || this.#latest === undefined) return undefined;
    const lasts = this.#until - this.#latest.presentationTime;
    return lasts > 0 ? lasts : undefined;
  }

  /**
   * Takes the next picture in decode order.
   * @returns whether it belongs into the copy. What an edit list hides at the beginning does: all that follows needs it.
   */
  admits(sample: Sample): boolean {
    const { presentationTime, duration = 0 } = sample;
    const isShown = !isHidden(sample);
    if (isShown) this.#until = Math.max(this.#until, presentationTime + duration);
    this.#isOver ||=
      !isShown && this.#latest !== undefined && presentationTime > this.#latest.presentationTime;
    if (this.#isOver) return false;
    const isLatest = this.#latest === undefined || presentationTime > this.#latest.presentationTime;
    if (isShown && isLatest) this.#latest = sample;
    return true;
  }
}
