import { rescale } from '../time/rescale.js';

/** Where a packet stands on its track's own timeline. */
export interface PlacedPacket<T> {
  /** What was given in. */
  readonly packet: T;
  /** Presentation time of the packet's first decoded sample, in ticks of the placement's rate; strictly rising. */
  readonly startTicks: number;
  /** Samples that the packet decodes to; undefined where only decoding can tell. */
  readonly frames: number | undefined;
}

/** What a container states of an audio track's times. */
export interface AudioTiming {
  /** Ticks a second of the container's times. */
  readonly timescale: number;
  /** Ticks to which the container rounds. */
  readonly timePrecision: number;
}

/**
 * Container times that lie this close to where the sound would simply go on are taken as going on: rounding, and the
 * slack that muxers and capture clocks show. What lies beyond is a real gap or overlap, so an error cannot add up to more
 * than this. Lip sync is judged in tens of milliseconds.
 */
const slackMs = 5;

/**
 * Gives every audio packet of a track its exact place in samples. Containers round times (Matroska to 1 ms as a rule),
 * while packets that follow one another abut to the sample; where the stated time agrees with that, the packet is put
 * right behind the one before, else where its own time says.
 */
export class AudioPlacement {
  readonly #timing: AudioTiming;
  readonly #rate: number;
  readonly #slackTicks: number;
  readonly #quantum: number | undefined;
  #expectedTicks: number | undefined;
  #lastStartTicks = Number.NEGATIVE_INFINITY;
  #jumps = 0;
  /** Where the packet placed last would have gone on, when it did not. */
  #jumpedFromTicks: number | undefined;

  /**
   * @param timing - what the container states.
   * @param rate - ticks a second of the result: the rate in which packet lengths are whole.
   * @param quantum - where packets do not tell their length: they begin a multiple of this many ticks apart.
   */
  constructor(timing: AudioTiming, rate: number, quantum?: number) {
    this.#timing = timing;
    this.#rate = rate;
    this.#quantum = quantum;
    const precisionTicks = rescale(timing.timePrecision, timing.timescale, rate, 'up');
    this.#slackTicks = Math.max(2 * precisionTicks, rescale(slackMs, 1000, rate));
  }

  /** Ticks a second of the places. */
  get rate(): number {
    return this.#rate;
  }

  /** Gaps and overlaps met so far. */
  get jumps(): number {
    return this.#jumps;
  }

  /**
   * Places the next packet.
   * @param packet - handed through.
   * @param time - its presentation time in container ticks.
   * @param frames - samples it decodes to, at the placement's rate; undefined when only decoding can tell.
   * @param timeIsOwn - false when the container gives this packet no time of its own (a later frame of a lace).
   */
  place<T>(packet: T, time: number, frames: number | undefined, timeIsOwn: boolean): PlacedPacket<T> {
    const stated = rescale(time, this.#timing.timescale, this.#rate);
    const expected = this.#expectedTicks ?? this.#nearestMultiple(stated);
    let startTicks = stated;
    this.#jumpedFromTicks = undefined;
    if (expected !== undefined && (!timeIsOwn || Math.abs(stated - expected) <= this.#slackTicks)) {
      startTicks = expected;
    } else if (expected !== undefined) {
      this.#jumps++;
      this.#jumpedFromTicks = expected;
    }
    startTicks = Math.max(startTicks, this.#lastStartTicks + 1);
    this.#lastStartTicks = startTicks;
    this.#expectedTicks = frames === undefined ? undefined : startTicks + frames;
    return { packet, startTicks, frames };
  }

  /**
   * Takes back what the time of the packet placed last made of it, when that was a lie: the packet behind it goes on as if it
   * had gone on, too. To be asked before that one is placed.
   * @param time - presentation time of the packet behind it, in container ticks; its own.
   * @returns where the packet placed last is to be put; undefined where it stays.
   */
  takeBackJump(time: number): number | undefined {
    const from = this.#jumpedFromTicks;
    if (from === undefined || this.#expectedTicks === undefined) return undefined;
    const wouldEnd = from + this.#expectedTicks - this.#lastStartTicks;
    const stated = rescale(time, this.#timing.timescale, this.#rate);
    const isLie =
      Math.abs(stated - wouldEnd) <= this.#slackTicks &&
      Math.abs(stated - this.#expectedTicks) > this.#slackTicks;
    if (!isLie) return undefined;
    this.#jumpedFromTicks = undefined;
    this.#jumps--;
    this.#lastStartTicks = from;
    this.#expectedTicks = wouldEnd;
    return from;
  }

  /** Where a packet of unknown length before this one may have ended, nearest to a time. */
  #nearestMultiple(time: number): number | undefined {
    if (this.#quantum === undefined || !Number.isFinite(this.#lastStartTicks)) return undefined;
    const count = Math.max(1, Math.round((time - this.#lastStartTicks) / this.#quantum));
    return this.#lastStartTicks + count * this.#quantum;
  }
}
