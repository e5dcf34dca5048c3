import type { PictureOrder } from './picture-order.js';
import { ShowingOrder } from './showing-order.js';

/** Told of a picture's presentation time when it is known. */
export type SettlePresentation = (presentationTime: number) => void;

/**
 * Finds presentation times where a container states decode times alone: the i-th picture that is shown takes the i-th
 * decode time, or that of so many pictures later, so that sound keeps its place to the first picture, gaps stay where they
 * are, and nothing is counted.
 *
 * It may begin at any picture: what it says is right from the first random access point on, since all that is decoded
 * before that is shown before what follows.
 */
export class PresentationTimes {
  /** Decode times that no picture has taken yet, ascending. */
  readonly #times: number[] = [];
  readonly #order = new ShowingOrder<SettlePresentation>((settle) => this.#shown.push(settle));
  /** Pictures that have no time yet, in the order of showing. */
  readonly #shown: SettlePresentation[] = [];
  readonly #pictureTicks: number | undefined;
  /** So many of the next decode times no picture takes: they lie before what is shown. */
  #passed: number;
  /** The last decode time, and how long before it the one before was. */
  #last: number | undefined;
  #step = 0;

  /**
   * @param later - the first picture is shown when so many more have been decoded.
   * @param pictureTicks - how long a picture lasts, where that is constant; of no matter where `later` is 0.
   */
  constructor(later = 0, pictureTicks?: number) {
    this.#passed = later;
    this.#pictureTicks = pictureTicks;
  }

  /**
   * Takes the next picture in decode order.
   * @param decodeTime - its decode time, rising.
   * @param order - its place; undefined where that is not known: it is then shown behind the picture before it.
   * @param settle - told of its presentation time, in this call or a later one.
   */
  push(decodeTime: number, order: PictureOrder | undefined, settle: SettlePresentation): void {
    if (this.#passed > 0) this.#passed -= 1;
    else this.#times.push(decodeTime);
    this.#step = decodeTime - (this.#last ?? decodeTime);
    this.#last = decodeTime;
    this.#order.push(order, settle);
    this.#settle();
  }

  /** Settles all that wait: nothing that is shown before them follows. */
  flush(): void {
    this.#order.flush();
    this.#settle();
    // The last ones are shown when pictures would be decoded that do not come.
    for (const settle of this.#shown.splice(0)) {
      this.#passed += 1;
      settle(this.#last! + this.#passed * (this.#pictureTicks ?? this.#step));
    }
  }

  #settle(): void {
    const count = Math.min(this.#times.length, this.#shown.length);
    for (const settle of this.#shown.splice(0, count)) settle(this.#times.shift()!);
  }
}
