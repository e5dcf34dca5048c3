import type { PictureOrder } from './picture-order.js';
import type { SettlePresentation } from './presentation-times.js';
import { ShowingOrder } from './showing-order.js';

/** A picture of which the container may state when it is shown. */
export interface PartlyTimedPicture {
  /** Its presentation time as the container states it, in ticks; undefined where it states none. */
  readonly stated: number | undefined;
  /** About when it is shown: taken where there is nothing else to go by. */
  readonly guess: number;
  /** How long it lasts, in ticks, where that is known of this one. */
  readonly duration?: number | undefined;
  /** Its place; undefined where that is not known: it is then shown behind the picture before it. */
  readonly order: PictureOrder | undefined;
}

interface ShownPicture extends PartlyTimedPicture {
  readonly settle: SettlePresentation;
}

/** So many pictures in a row without a stated time wait for one; a stream that states it as it must has far fewer. */
const LONGEST_RUN = 256;

/** What two stated times lie farther apart than the pictures between them last, in seconds, where those fill it evenly. */
const WIDEST_STRETCH_S = 1;

/**
 * Finds presentation times where a container states those of some pictures alone, as a program stream does: of several
 * pictures that begin in one PES packet, the first one's. In the order of showing, the pictures between two that have
 * times share the time between these evenly.
 *
 * All follows from the pictures themselves and from the two stated times around them: it is the same wherever reading
 * began, once a picture with a time was shown.
 * @see ISO/IEC 13818-1, section 2.4.3.7 (PTS) and 2.7.4 (how often it is stated)
 */
export class PartialTimes {
  readonly #order = new ShowingOrder<ShownPicture>((picture) => this.#show(picture));
  /** The picture that was decoded last, while the next one may prove its time to be none of its own. */
  #newest: ShownPicture | undefined;
  readonly #timescale: number;
  /** How long a picture lasts, where that is constant. */
  readonly #pictureTicks: number | undefined;
  /** Pictures that are shown behind the last one of which a time is known, in the order of showing. */
  #run: ShownPicture[] = [];
  #last: number | undefined;

  /**
   * @param timescale - ticks a second.
   * @param pictureTicks - how long a picture lasts, where that is constant.
   */
  constructor(timescale: number, pictureTicks: number | undefined) {
    this.#timescale = timescale;
    this.#pictureTicks = pictureTicks;
  }

  /**
   * Takes the next picture in decode order.
   * @param settle - told of its presentation time, in this call or a later one.
   */
  push(picture: PartlyTimedPicture, settle: SettlePresentation): void {
    const { stated } = picture;
    const newest = this.#newest;
    this.#newest = { ...picture, settle };
    if (newest === undefined) return;
    // Where a start code lies across the boundary of two packets, libavformat gives the picture the time of the one that
    // begins behind it, too.
    const isBorrowed = stated !== undefined && stated === newest.stated;
    this.#order.push(newest.order, isBorrowed ? { ...newest, stated: undefined } : newest);
  }

  /** Settles all that wait: nothing follows. */
  flush(): void {
    const newest = this.#newest;
    this.#newest = undefined;
    if (newest !== undefined) this.#order.push(newest.order, newest);
    this.#order.flush();
    this.#settleRun(undefined);
  }

  #show(picture: ShownPicture): void {
    if (picture.stated === undefined) {
      this.#run.push(picture);
      if (this.#run.length >= LONGEST_RUN) this.#settleRun(undefined);
      return;
    }
    this.#settleRun(picture.stated);
    picture.settle(picture.stated);
    this.#last = picture.stated;
  }

  #settleRun(next: number | undefined): void {
    const run = this.#run;
    this.#run = [];
    if (run.length === 0) return;
    const timeAt = this.#timesBetween(this.#last, next, run);
    run.forEach(({ guess, settle }, i) => {
      this.#last = Math.round(timeAt(i) ?? guess);
      settle(this.#last);
    });
  }

  /** What tells the times of pictures in a row. */
  #timesBetween(
    last: number | undefined,
    next: number | undefined,
    run: readonly ShownPicture[],
  ): (i: number) => number | undefined {
    const count = run.length;
    const ticks = this.#pictureTicks ?? run[0]!.duration;
    if (last !== undefined && next !== undefined && next > last) {
      const excess = ticks === undefined ? 0 : next - last - ticks * (count + 1);
      // A pause is where pictures end, and not drawn out between them.
      const isPause = excess > WIDEST_STRETCH_S * this.#timescale;
      if (!isPause) return (i) => last + ((next - last) * (i + 1)) / (count + 1);
    }
    if (ticks === undefined) return () => undefined;
    if (last !== undefined) return (i) => last + ticks * (i + 1);
    return next === undefined ? () => undefined : (i) => next - ticks * (count - i);
  }
}
