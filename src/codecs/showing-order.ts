import type { PictureOrder } from './picture-order.js';

interface WaitingPicture<T> {
  readonly count: number;
  readonly picture: T;
}

/** No picture buffer of any codec holds more; what waits longer waits for an order that is none. */
const DEEPEST_REORDERING = 16;

/**
 * Brings pictures from the order in which they are decoded into that in which they are shown: by their counts, known as
 * soon as so many more have come as the stream reorders.
 */
export class ShowingOrder<T> {
  readonly #show: (picture: T) => void;
  /** Pictures of the sequence that are not shown yet, by their counts, ascending. */
  readonly #waiting: WaitingPicture<T>[] = [];
  #lastCount = 0;
  #depth = DEEPEST_REORDERING;

  /** @param show - told of each picture, in the order of showing. */
  constructor(show: (picture: T) => void) {
    this.#show = show;
  }

  /**
   * Takes the next picture in decode order.
   * @param order - its place; undefined where that is not known: it is then shown behind the picture before it.
   * @param picture - shown in this call or a later one.
   */
  push(order: PictureOrder | undefined, picture: T): void {
    if (order?.beginsSequence === true) this.flush();
    const count = order?.count ?? this.#lastCount;
    this.#lastCount = count;
    let at = this.#waiting.length;
    while (at > 0 && this.#waiting[at - 1]!.count > count) at--;
    this.#waiting.splice(at, 0, { count, picture });
    this.#depth = Math.min(order?.reorderDepth ?? this.#depth, DEEPEST_REORDERING);
    while (this.#waiting.length > this.#depth) this.#show(this.#waiting.shift()!.picture);
  }

  /** Shows all that wait: nothing that is shown before them follows. */
  flush(): void {
    while (this.#waiting.length > 0) this.#show(this.#waiting.shift()!.picture);
  }
}
