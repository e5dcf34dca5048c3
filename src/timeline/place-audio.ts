import { rescale } from '../time/rescale.js';
import type { AudioTiming } from './audio-placement.js';

/** A packet as its container times it. */
export interface TimedPacket {
  /** Presentation time in container ticks. */
  readonly time: number;
  /** Samples that it decodes to, at the placement's rate; undefined when only decoding can tell. */
  readonly frames: number | undefined;
  /** False when the container gives this packet no time of its own (a later frame of a lace). */
  readonly timeIsOwn: boolean;
}

/** What holds for all packets of a track. */
export interface AudioPlacementRules {
  /** What the container states. */
  readonly timing: AudioTiming;
  /** Ticks a second of the result: the rate in which packet lengths are whole. */
  readonly rate: number;
  /** Where packets do not tell their length: they begin a multiple of this many ticks apart. */
  readonly quantum: number | undefined;
  /** All packet lengths are multiples of this many ticks; 0 when that is not known. */
  readonly granule: number;
  /** Container time of one fixed packet of the track, the same whatever is placed. */
  readonly anchorTime: number;
}

/** How far a stated time may lie from where the sound would simply go on, as in `AudioPlacement`. */
const slackMs = 5;
/** A run whose times contradict each other is taken apart at whole seconds, and then at halves of that. */
const smallestCellFraction = 32;

/**
 * Gives packets of a track their exact places in samples, knowing none but these: windows of a track that overlap agree
 * on what they share, as far as the container's times allow it.
 *
 * Packets that abut by their times and lengths form a run, which stands as a whole. Each stated time leaves the run a
 * range of places as wide as the container's rounding; where all ranges meet, the place is known to some ticks, and that
 * of the anchor's lattice, if it is among them, is the true one. Times that contradict each other (jitter, a clock that
 * drifts) are followed second by second.
 * @param packets - in stored order; lies about time must be gone (`believeTimes`).
 * @param rules - what holds for the track.
 * @returns the start of each packet in ticks of the rate, on the container's timeline.
 */
export function placeAudio(packets: readonly TimedPacket[], rules: AudioPlacementRules): number[] {
  const run = new RunPlacer(packets, rules);
  let first = 0;
  for (let i = 1; i <= packets.length; i++) {
    if (i < packets.length && run.continues(first, i)) continue;
    run.place(first, i);
    first = i;
  }
  return run.starts;
}

/** How far apart two places may lie to be taken for the same, in ticks of the rules' rate. */
export function slackTicksOf({ timing, rate }: AudioPlacementRules): number {
  const precisionTicks = rescale(timing.timePrecision, timing.timescale, rate, 'up');
  return Math.max(2 * precisionTicks, rescale(slackMs, 1000, rate));
}

/** The places that a run can have, relative to the stated time of its first packet, in ticks with their fraction. */
interface PlaceRange {
  readonly low: number;
  readonly high: number;
}

class RunPlacer {
  readonly starts: number[] = [];
  readonly #packets: readonly TimedPacket[];
  readonly #rules: AudioPlacementRules;
  readonly #slackTicks: number;
  readonly #precisionTicks: number;
  readonly #anchorTicks: number;
  /** Ticks from the start of a packet to that of the next in its run. */
  readonly #advances: number[] = [];
  #lastOwn = 0;
  #sinceOwn = 0;

  constructor(packets: readonly TimedPacket[], rules: AudioPlacementRules) {
    const { timing, rate } = rules;
    this.#packets = packets;
    this.#rules = rules;
    this.#slackTicks = slackTicksOf(rules);
    this.#precisionTicks = (timing.timePrecision * rate) / timing.timescale;
    this.#anchorTicks = rescale(rules.anchorTime, timing.timescale, rate);
  }

  /** Whether a packet goes on where the one before it ends. Asked for each packet of a run in turn. */
  continues(first: number, index: number): boolean {
    const before = this.#packets[index - 1]!;
    const packet = this.#packets[index]!;
    if (index - 1 === first || before.timeIsOwn) {
      this.#lastOwn = before.time;
      this.#sinceOwn = 0;
    }
    const stated = this.#ticksSince(this.#lastOwn, packet.time) - this.#sinceOwn;
    const advance = before.frames ?? this.#nearestMultiple(stated);
    if (advance === undefined) return false;
    if (packet.timeIsOwn && Math.abs(stated - advance) > this.#slackTicks) return false;
    this.#advances[index - 1] = advance;
    this.#sinceOwn += advance;
    return true;
  }

  /** Places the packets of a run, or of a part of one. */
  place(first: number, end: number, cellFraction = 0): void {
    const base = this.#firstOwn(first, end);
    const errors = this.#errorsOf(base, first, end);
    const half = this.#precisionTicks / 2;
    const latest = errors.reduce((a, b) => Math.max(a, b));
    const earliest = errors.reduce((a, b) => Math.min(a, b));
    const range = { low: latest - half, high: earliest + half };
    const isConsistent = range.low <= range.high + 1;
    const isWide = cellFraction === 0 || latest - earliest > 2 * this.#slackTicks;
    if (!isConsistent && isWide && this.#placeCells(first, end, Math.max(1, cellFraction * 2))) return;
    const step = this.#latticeStep(first, end);
    const { whole, fraction } = this.#exactTicks(this.#packets[base]!.time);
    let start = isConsistent
      ? whole + this.#chooseIn(range, step, whole, fraction)
      : this.#snap(whole + Math.round(fraction + median(errors)), step);
    for (let i = base; i > first; i--) start -= this.#advances[i - 1]!;
    for (let i = first; i < end; i++) {
      this.starts[i] = start;
      start += i + 1 < end ? this.#advances[i]! : 0;
    }
  }

  /** Takes a run apart where its stated times pass a whole cell. Gives false where there is nothing to take apart. */
  #placeCells(first: number, end: number, fraction: number): boolean {
    if (fraction > smallestCellFraction || end - first < 2) return false;
    const cellTicks = this.#rules.timing.timescale / fraction;
    const cellOf = (time: number): number => Math.floor(time / cellTicks);
    let from = first;
    let cell = cellOf(this.#packets[first]!.time);
    for (let i = first + 1; i < end; i++) {
      const { time, timeIsOwn } = this.#packets[i]!;
      if (!timeIsOwn || cellOf(time) === cell) continue;
      this.place(from, i, fraction);
      from = i;
      cell = cellOf(time);
    }
    this.place(from, end, fraction);
    return true;
  }

  /**
   * Chooses among the places that rounding leaves: that of the anchor's lattice, where it is one of them, or besides them
   * by no more than the anchor's own rounding. Most containers round to the nearest tick; some cut off, which puts the range
   * half a tick later. Off the lattice, it is the middle.
   */
  #chooseIn({ low, high }: PlaceRange, step: number, whole: number, fraction: number): number {
    const half = this.#precisionTicks / 2;
    const center = fraction + (low + high) / 2;
    if (step === 0) return Math.round(center);
    const onLattice = (place: number): number => this.#onLattice(whole + Math.round(place), step) - whole;
    const distance = (place: number, shift: number): number =>
      Math.max(low + shift + fraction - place, place - fraction - high - shift);
    const rounded = onLattice(center);
    if (distance(rounded, 0) <= 1) return rounded;
    const cutOff = onLattice(center + half);
    if (distance(cutOff, half) <= 1) return cutOff;
    return distance(rounded, 0) <= half + 1 ? rounded : Math.round(center);
  }

  #snap(place: number, step: number): number {
    if (step === 0) return place;
    const onLattice = this.#onLattice(place, step);
    return Math.abs(onLattice - place) <= this.#slackTicks ? onLattice : place;
  }

  /** The place nearest to one that is a multiple of `step` from the anchor. */
  #onLattice(place: number, step: number): number {
    const off = (((this.#anchorTicks - place) % step) + step) % step;
    return place + (off * 2 > step ? off - step : off);
  }

  /** Largest length of which all packets of a run are multiples; 0 where none is known. The last one may be cut short. */
  #latticeStep(first: number, end: number): number {
    let step = this.#rules.granule;
    for (let i = first; i + 1 < end; i++) step = greatestCommonDivisor(step, this.#advances[i]!);
    if (end - first === 1) {
      step = greatestCommonDivisor(step, this.#packets[first]!.frames ?? this.#rules.quantum ?? 0);
    }
    return step;
  }

  #firstOwn(first: number, end: number): number {
    for (let i = first; i < end; i++) if (this.#packets[i]!.timeIsOwn) return i;
    return first;
  }

  /** How much later each own time puts the run than the first of them does, in ticks. */
  #errorsOf(base: number, first: number, end: number): number[] {
    const errors = [0];
    let offset = 0;
    const { time: baseTime } = this.#packets[base]!;
    for (let i = Math.max(base, first) + 1; i < end; i++) {
      offset += this.#advances[i - 1]!;
      const { time, timeIsOwn } = this.#packets[i]!;
      if (timeIsOwn) errors.push(this.#ticksSince(baseTime, time) - offset);
    }
    return errors;
  }

  #ticksSince(from: number, to: number): number {
    const { timing, rate } = this.#rules;
    return ((to - from) * rate) / timing.timescale;
  }

  /** A container time in ticks of the rate, exactly. */
  #exactTicks(time: number): { whole: number; fraction: number } {
    const { timing, rate } = this.#rules;
    const whole = rescale(time, timing.timescale, rate, 'down');
    const rest = BigInt(time) * BigInt(rate) - BigInt(whole) * BigInt(timing.timescale);
    return { whole, fraction: Number(rest) / timing.timescale };
  }

  /** Where packets do not tell their length: the multiple of the quantum nearest to a distance. */
  #nearestMultiple(distance: number): number | undefined {
    const { quantum } = this.#rules;
    return quantum === undefined ? undefined : Math.max(1, Math.round(distance / quantum)) * quantum;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
