import type { EditCuts, EditPiece } from './edit-cuts.js';
import { mostNegativeOffset, mostPositiveOffset } from './edit-timeline.js';
import {
  compositionTimeOf,
  decodeTimeOf,
  sampleAtDecodeTime,
  syncSampleAt,
  type SampleTable,
} from './sample-table.js';
import type { Splice } from './splice-table.js';

/**
 * Pictures that are placed one by one, in all, the hidden ones among them: each part may need a group of them, a list may have
 * thousands of parts, and where it counts coarser than the track does they may overlap.
 */
const MAX_PLACED = 1 << 18;
/** Pictures among which those are looked for that are shown in another order than decoded. */
const MAX_REORDERED = 1024;
/** Pictures that are looked at to find where parts begin, in all: a file can have each part look at all of those. */
const MAX_LOOKED_AT = 1 << 18;
/** A part begins with the picture nearest to its start, where that is no farther, as a share of a second; else with the one that lasts. */
const NEAR = 1 / 20;

/**
 * Chooses pictures for an edit list whose parts begin and end anywhere: each part but the first begins with the picture that
 * decoding can begin at, and what of it comes before or behind the part is hidden. A hidden picture has the time at which its part
 * begins, or the last tick of it: who looks for where to begin decoding finds the one that shows all from a time on.
 * @param table - the track's tables.
 * @param cuts - the parts.
 * @param timescale - ticks a second.
 * @returns undefined when the list shows nothing in its first part, or takes too much.
 */
export function cutWithinGroups(table: SampleTable, cuts: EditCuts, timescale: number): Splice[] | undefined {
  const builder = new PartBuilder(table, cuts.precision, timescale);
  const first = cuts.pieces[0]!;
  for (const [i, piece] of cuts.pieces.entries()) {
    // Times stay on the media's own timeline, as the first part has it.
    const later = piece.at - piece.start - (first.at - first.start);
    builder.add(piece, later, i === cuts.pieces.length - 1);
    if (builder.splices.length === 0 || builder.isFull) return undefined;
  }
  return builder.splices;
}

/** A part while its pictures are chosen. */
interface Part {
  /** Composition time of the picture that it begins with; none of the first part, before which the track's timeline hides. */
  readonly shownFrom: number;
  /** Ticks that are added to the times of its pictures. */
  readonly later: number;
  /** When it begins and ends, with those added; the last one ends where the track's timeline does. */
  readonly at: number;
  readonly end: number;
}

class PartBuilder {
  readonly splices: Splice[] = [];
  readonly #table: SampleTable;
  readonly #precision: number;
  readonly #near: number;
  /** The most by which composition times are before and behind decode times. */
  readonly #below: number;
  readonly #above: number;
  /** When the last picture so far is decoded. */
  #clock = Number.NEGATIVE_INFINITY;
  #lookedAt = 0;

  constructor(table: SampleTable, precision: number, timescale: number) {
    this.#table = table;
    this.#precision = precision;
    this.#near = timescale * NEAR;
    this.#below = mostNegativeOffset(table);
    this.#above = mostPositiveOffset(table);
  }

  /** Whether the list takes too much. */
  get isFull(): boolean {
    return this.splices.length > MAX_PLACED || this.#lookedAt > MAX_LOOKED_AT;
  }

  add({ start, end }: EditPiece, later: number, isLast: boolean): void {
    const table = this.#table;
    const isFirst = this.splices.length === 0;
    const shownFrom = isFirst ? Number.NEGATIVE_INFINITY : this.#shownFrom(start);
    const moved = Math.abs(start - shownFrom) <= this.#near ? start - shownFrom : 0;
    const part: Part = {
      shownFrom,
      later: later + moved,
      at: isFirst ? Number.NEGATIVE_INFINITY : start + later,
      // The list may count coarser than pictures do.
      end: isLast
        ? Number.POSITIVE_INFINITY
        : end! + later - Math.min(this.#precision, this.#durationAt(end!) / 2),
    };
    const from = isFirst ? 0 : syncSampleAt(table, shownFrom);
    const behind = isLast ? table.count : this.#lastShown(part, from) + 1;
    if (behind <= from) return;
    const begun = this.splices.length;
    const headEnd = isFirst ? from : this.#addHead(part, from, behind);
    const tail = isLast ? behind : sampleAtDecodeTime(table, part.end - part.later - this.#above);
    const plainEnd = Math.min(behind, Math.max(headEnd, tail));
    if (plainEnd > headEnd) {
      this.splices.push({
        first: headEnd,
        end: plainEnd,
        decodeTime: decodeTimeOf(table, headEnd) + part.later,
      });
      this.#clock = decodeTimeOf(table, plainEnd - 1) + part.later;
    }
    for (let sample = plainEnd; sample < behind && !this.isFull; sample++) this.#addOne(part, sample);
    if (!isFirst) this.splices[begun] = { ...this.splices[begun]!, beginsAnew: true };
  }

  /**
   * Adds the pictures of a part one by one while some are shown before it, or are decoded before what precedes it.
   * @returns the first picture behind them.
   */
  #addHead(part: Part, from: number, behind: number): number {
    const table = this.#table;
    const { shownFrom, later } = part;
    let first = from;
    while (first + 1 < behind && compositionTimeOf(table, first) < shownFrom) first++;
    this.#clock = Math.max(this.#clock, decodeTimeOf(table, first) + later);
    let sample = from;
    for (; sample < behind && !this.isFull; sample++) {
      const decodeTime = decodeTimeOf(table, sample);
      if (decodeTime > shownFrom + this.#below && decodeTime + later >= this.#clock) break;
      this.#addOne(part, sample);
    }
    return sample;
  }

  #addOne({ shownFrom, later, at, end }: Part, sample: number): void {
    const table = this.#table;
    const compositionTime = compositionTimeOf(table, sample);
    const time = compositionTime + later;
    const isHidden = compositionTime < shownFrom || time >= end;
    this.#clock = Math.max(this.#clock, decodeTimeOf(table, sample) + later);
    const shownAt = compositionTime < shownFrom ? at : Math.min(Math.max(time, at), Math.ceil(end) - 1);
    this.splices.push({
      first: sample,
      end: sample + 1,
      decodeTime: this.#clock,
      compositionOffset: shownAt - this.#clock,
      isHidden,
    });
  }

  #durationAt(time: number): number {
    const sample = sampleAtDecodeTime(this.#table, time);
    return decodeTimeOf(this.#table, sample + 1) - decodeTimeOf(this.#table, sample);
  }

  /** The last picture in decode order that is shown before a part ends. */
  #lastShown({ end, later }: Part, from: number): number {
    const table = this.#table;
    let sample = sampleAtDecodeTime(table, end - later + this.#below);
    const least = Math.max(from, sample - MAX_REORDERED);
    while (sample >= least && compositionTimeOf(table, sample) + later >= end) sample--;
    return sample < least ? from - 1 : sample;
  }

  /** When the picture that a part begins with is shown in the media: the nearest to its start, or the one that then lasts. */
  #shownFrom(start: number): number {
    const table = this.#table;
    const middle = sampleAtDecodeTime(table, start + this.#below);
    let before = Number.NEGATIVE_INFINITY;
    for (let i = middle; i >= 0 && middle - i < MAX_REORDERED; i--) {
      this.#lookedAt += 1;
      if (decodeTimeOf(table, i) + this.#above < before) break;
      const time = compositionTimeOf(table, i);
      if (time <= start) before = Math.max(before, time);
    }
    let after = Number.POSITIVE_INFINITY;
    const most = Math.min(table.count, middle + MAX_REORDERED);
    const least = Math.max(middle - MAX_REORDERED, sampleAtDecodeTime(table, start - this.#above));
    for (let i = Math.max(0, least); i < most; i++) {
      this.#lookedAt += 1;
      if (decodeTimeOf(table, i) - this.#below > after) break;
      const time = compositionTimeOf(table, i);
      if (time > start) after = Math.min(after, time);
    }
    const isNext = after - start < start - before && after - start <= this.#near;
    return before === Number.NEGATIVE_INFINITY || isNext ? after : before;
  }
}
