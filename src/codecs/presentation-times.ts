import type { PictureOrder } from './picture-order.js';
import { ShowingOrder } from './showing-order.js';

/** Told of a picture's presentation time when it is known. */
export type SettlePresentation = (presentationTime: number) => void;

/**
 * Finds presentation times where a container states decode times alone: the i-th picture that is shown takes the i-th
 * decode time, so that sound keeps its place to the first picture, gaps stay where they are, and nothing is counted.
 *
 * It may begin at any picture: what it says is right from the first random access point on, since all that is decoded
 * before that is shown before what follows.
 */
export class PresentationTimes {
  /** Decode times that no picture has taken yet, ascending. */
  readonly #times: number[] = [];
  readonly #order = new ShowingOrder<SettlePresentation>((settle) => settle(this.#times.shift()!));

  /**
   * Takes the next picture in decode order.
   * @param decodeTime - its decode time, rising.
   * @param order - its place; undefined where that is not known: it is then shown behind the picture before it.
   * @param settle - told of its presentation time, in this call or a later one.
   */
  push(decodeTime: number, order: PictureOrder | undefined, settle: SettlePresentation): void {
    this.#times.push(decodeTime);
    this.#order.push(order, settle);
  }

  /** Settles all that wait: nothing that is shown before them follows. */
  flush(): void {
    this.#order.flush();
  }
}
