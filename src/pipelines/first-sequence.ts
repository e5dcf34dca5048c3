import type { VideoSampleTraits } from '../codecs/configuration.js';

/** Leaves out what cannot be shown of the pictures that follow the one that playing begins at. */
export class FirstSequence {
  readonly #startTicks: number;
  #hasBegun = false;
  #isOver = false;

  /** @param startTicks - presentation time of the picture that playing begins at. */
  constructor(startTicks: number) {
    this.#startTicks = startTicks;
  }

  /**
   * Judges the next picture in decode order.
   * @returns false for one that cannot be decoded, or is shown before the start.
   */
  admits(traits: VideoSampleTraits, presentationTicks: number): boolean {
    if (traits.randomAccess === 'start' && this.#hasBegun) this.#isOver = true;
    // Pictures that refer to what lies before the start cannot be decoded: H.265, 3.147 (RASL).
    if (traits.leading === 'skipped' && !this.#isOver) return false;
    // RADL pictures can be decoded, but are shown before the start: H.265, 3.146.
    if (traits.leading === 'decodable' && presentationTicks < this.#startTicks) return false;
    this.#hasBegun = true;
    return true;
  }
}
