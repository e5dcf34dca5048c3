import type { PictureOrder } from './picture-order.js';

/** Told of a picture's presentation time when it is known. */
export type SettlePresentation = (presentationTime: number) => void;

interface WaitingPicture {
  readonly count: number;
  readonly settle: SettlePresentation;
}

/** No picture buffer of any codec holds more; what waits longer waits for an order that is none. */
const DEEPEST_REORDERING = 16;

/**
 * Finds presentation times where a container states decode times alone: the i-th picture that is shown takes the i-th
 * decode time, so that sound keeps its place to the first picture, gaps stay where they are, and nothing is counted.
 * Pictures are shown in the order of their counts, known as soon as so many more have come as the stream reorders.
 *
 * It may begin at any picture: what it says is right from the first random access point on, since all that is decoded
 * before that is shown before what follows.
 */
export class PresentationTimes {
  /** Pictures of the sequence that are not shown yet, by their counts, ascending. */
  readonly #waiting: WaitingPicture[] = [];
  /** Decode times that no picture has taken yet, ascending. */
  readonly #times: number[] = [];
  #lastCount = 0;
  #depth = DEEPEST_REORDERING;

  /**
   * Takes the next picture in decode order.
   * @param decodeTime - its decode time, rising.
   * @param order - its place; undefined where that is not known: it is then shown behind the picture before it.
   * @param settle - told of its presentation time, in this call or a later one.
   */
  push(decodeTime: number, order: PictureOrder | undefined, settle: SettlePresentation): void {
    if (order?.beginsSequence === true) this.flush();
    const count = order?.count ?? this.#lastCount;
    this.#lastCount = count;
    this.#times.push(decodeTime);
    let at = this.#waiting.length;
    while (at > 0 && this.#waiting[at - 1]!.count > count) at--;
    this.#waiting.splice(at, 0, { count, settle });
    this.#depth = Math.min(order?.reorderDepth ?? this.#depth, DEEPEST_REORDERING);
    while (this.#waiting.length > this.#depth) this.#showNext();
  }

  /** Settles all that wait: nothing that is shown before them follows. */
  flush(): void {
    while (this.#waiting.length > 0) this.#showNext();
  }

  #showNext(): void {
    const { settle } = this.#waiting.shift()!;
    settle(this.#times.shift()!);
  }
}
