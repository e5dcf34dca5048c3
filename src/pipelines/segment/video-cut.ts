import type { InspectedSample } from '../video-start.js';

/** Where the plan wants the video to be cut: a keyframe of the index. */
export interface PlannedCut {
  /** Presentation time of the keyframe, in container ticks. */
  readonly time: number;
  /** No picture that is stored before this byte offset is the keyframe. */
  readonly offset: number;
}

/** Pictures that lead another, or that come later than expected, are looked through up to this many. */
const mostLeading = 64;
const mostLate = 256;

/**
 * Finds the picture that a segment begins at, among pictures in decode order: the one that the index names. Where there is
 * none of that time at its place, it is the first that is presented at that time or later, wherever it is stored: then
 * all who come this way find the same picture, the maker of this segment and that of the one before.
 */
export class CutFinder {
  readonly #cut: PlannedCut;
  readonly #tolerance: number;
  #substitute: number | undefined;
  #late = 0;
  #index: number | undefined;
  #isExact = false;

  /**
   * @param cut - what is looked for.
   * @param tolerance - times that differ by less, in container ticks, are the same.
   */
  constructor(cut: PlannedCut, tolerance: number) {
    this.#cut = cut;
    this.#tolerance = tolerance;
  }

  /** Index of the picture; undefined while it is not known. */
  get index(): number | undefined {
    return this.#index;
  }

  /** The picture is the one that the index names. */
  get isExact(): boolean {
    return this.#isExact;
  }

  /** No picture came yet that could be the one. */
  get isBefore(): boolean {
    return this.#index === undefined && this.#substitute === undefined;
  }

  /**
   * Looks at the next picture.
   * @param index - its number, as the finder's user counts.
   */
  push({ sample, traits }: InspectedSample, index: number): void {
    if (this.#index !== undefined) return;
    const distance = sample.presentationTime - this.#cut.time;
    if (distance > -this.#tolerance) this.#substitute ??= index;
    if (sample.offset < this.#cut.offset) return;
    if (Math.abs(distance) < this.#tolerance) {
      this.#index = index;
      this.#isExact = true;
    } else if (distance > 0 && (traits.randomAccess === 'start' || ++this.#late > mostLate)) {
      this.#index = this.#substitute;
    }
  }

  /** No more pictures come. */
  finish(): void {
    this.#index ??= this.#substitute;
  }
}

/**
 * Finds where the pictures end that lead the one at which a segment begins: that follow it in decode order and are
 * presented before it.
 * @param pictures - in decode order.
 * @param index - the segment's first picture.
 * @param isOrdered - the codec has no leading pictures at its random access points.
 * @returns index of the first picture that is no longer one of them; undefined when it has not come yet.
 */
export function findLeadingEnd(
  pictures: readonly InspectedSample[],
  index: number,
  isOrdered: boolean,
): number | undefined {
  const first = pictures[index]!;
  const isStartable = first.traits.randomAccess === 'start';
  if (isStartable && isOrdered) return index + 1;
  for (let i = index + 1; i < pictures.length; i++) {
    const { sample, traits } = pictures[i]!;
    const isTrailing = isStartable
      ? traits.leading === 'none'
      : sample.presentationTime > first.sample.presentationTime;
    if (isTrailing || i - index > mostLeading) return i;
  }
  return undefined;
}
