import { checkLimit } from '../bytes/limits.js';
import { MAX_JOB_PACKETS } from '../engine/video-job.js';
import type { VideoPacket } from '../engine/video-packet.js';
import { insertLatest } from './insert-latest.js';

/** No codec lets more pictures than this precede one in decode order and follow it in presentation order. */
export const DEEPEST_REORDERING = 16;
/** Pictures of more bytes than this are held by nobody. */
const MAX_HELD_BYTES = 512 * 1024 * 1024;
/** From so many bytes on a range ends at the next random access point, however short it is. */
const HEAVY_BYTES = 32 * 1024 * 1024;
/** Lengths that the first ranges aim at, in seconds, so that the first fragments come soon; then the steady length. */
const RAMP_SECONDS: readonly number[] = [0.25, 0.5, 1, 2];
/** Opening codecs and filters, and filling them, costs a job what 6 pictures of 1080p do: 6 % of it at 4 s, 13 % at 2 s. */
const STEADY_SECONDS = 4;
/** No range aims at more, in seconds, however far back the picture lies that decoding begins at. */
const LONGEST_SECONDS = 16;
/** A range ends at a random access point from this share of its aim on. */
const LEAST_SHARE = 0.75;
/** The same where more would be decoded again behind the access point than the range is meant to be long. */
const LEAST_SHARE_DEEP = 0.25;
/** Up to so many times its aim a range is not split: 4 s and the rest of the 250 pictures that encoders like to put in a group. */
const MOST_TIMES = 1.75;
/**
 * Nor is it up to this length, in seconds, when a viewer is so far ahead that twice as much was made before: with a whole group
 * of pictures in one range nothing is decoded twice.
 */
const LONGEST_GROUP_SECONDS = 12;

/** A picture that waits to be encoded anew. */
export interface HeldPicture extends VideoPacket {
  /** No other picture refers to it. */
  readonly isDisposable: boolean;
  /** Offset in the source. */
  readonly offset: number;
}

/** What is known of a run of pictures beforehand. */
export interface PictureTraits {
  /** Whether the codec can show pictures in another order than that in which they are decoded. */
  readonly isReordered: boolean;
  /** About when the last one has been shown, in ticks; undefined when nobody knows. */
  readonly sourceEndTicks?: number | undefined;
}

/** A stretch of presentation time, and the pictures that a decoder needs for it. */
export interface PictureRange {
  /** First presentation time that belongs to it, in ticks. */
  readonly startTicks: number;
  /** First presentation time that does not any more. */
  readonly endTicks: number;
  /** In decode order; the first is one that decoding can begin at. */
  readonly pictures: readonly HeldPicture[];
  /** Less follows than it holds itself, or nothing. What a container says of its end may be wrong, and then this is. */
  readonly isNearEnd: boolean;
}

/**
 * Parts a run of pictures into ranges of presentation time that are encoded one by one. Ranges abut, so each picture is
 * in one. As a rule one is a group of pictures, or several short ones; a long group is parted so that about as much is
 * encoded of it each time as has to be decoded for it again.
 */
export class VideoRanges {
  readonly #firstTicks: number;
  readonly #timescale: number;
  readonly #depth: number;
  readonly #sourceEndTicks: number | undefined;
  readonly #held: HeldPicture[] = [];
  #heldBytes = 0;
  /** Of those, bytes that belong to no range yet. */
  #unplannedBytes = 0;
  /** The latest presentation times so far, ascending: what comes is later than the first of them. */
  readonly #latest: number[] = [];
  /** Ends of ranges that are not taken yet. */
  readonly #ends: number[] = [];
  #planned = 0;
  /** Where the next range that is taken, and the next one that is planned, begins. */
  #takenTicks: number;
  #plannedTicks: number;
  /** Nothing can be planned before so much time is settled, and without a random access point in it before the second is. */
  #leastTicks = Number.NEGATIVE_INFINITY;
  #horizonTicks = Number.NEGATIVE_INFINITY;
  /** Presentation time of the newest picture that decoding can begin at. */
  #newestKeyTicks = Number.NEGATIVE_INFINITY;
  #endTicks: number | undefined;
  /** All that the container tells are decode times: a random access point is shown up to so many pictures later. */
  #hasDecodeTimesOnly = true;

  /**
   * @param startTicks - where the first range begins.
   * @param timescale - ticks a second.
   * @param options - what is known of the pictures.
   */
  constructor(startTicks: number, timescale: number, { isReordered, sourceEndTicks }: PictureTraits) {
    this.#firstTicks = startTicks;
    this.#timescale = timescale;
    this.#depth = isReordered ? DEEPEST_REORDERING : 0;
    this.#sourceEndTicks = sourceEndTicks;
    this.#takenTicks = startTicks;
    this.#plannedTicks = startTicks;
  }

  /** Where the next range begins that has not been taken. */
  get startTicks(): number {
    return this.#takenTicks;
  }

  /** Presentation time of the newest picture; undefined before any. */
  get newestTicks(): number | undefined {
    return this.#latest.at(-1);
  }

  /** All that came has been taken, and nothing follows. */
  get isOver(): boolean {
    return this.#endTicks !== undefined && this.#takenTicks >= this.#endTicks;
  }

  /** Offset in the source of the first picture that is held. */
  get heldFrom(): number | undefined {
    return this.#held[0]?.offset;
  }

  /** Bytes of the pictures that are held. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * Takes the next picture in decode order.
   * @throws {LimitExceededError} when there are more bytes than is sensible up to the next place to part them.
   */
  push(picture: HeldPicture): void {
    this.#held.push(picture);
    this.#heldBytes += picture.data.byteLength;
    this.#unplannedBytes += picture.data.byteLength;
    checkLimit('number of bytes of video to decode at once', this.#heldBytes, MAX_HELD_BYTES, {
      offset: picture.offset,
    });
    this.#hasDecodeTimesOnly &&= this.#depth > 0 && picture.presentationTime === picture.decodeTime;
    if (picture.isHidden !== true) insertLatest(this.#latest, picture.presentationTime, this.#depth + 1);
    if (picture.isKey) this.#newestKeyTicks = picture.presentationTime;
    const needed = this.#newestKeyTicks > this.#plannedTicks ? this.#leastTicks : this.#horizonTicks;
    if (this.#settledTicks >= needed || this.#isHeavy) this.#plan();
  }

  /**
   * No picture follows.
   * @param lastDurationTicks - for how long the last one is shown; as long as the one before it when absent.
   */
  finish(lastDurationTicks: number | undefined): void {
    const last = this.#latest.at(-1) ?? this.#plannedTicks;
    const before = this.#latest.at(-2) ?? this.#secondLatest(last);
    const duration = Math.max(1, lastDurationTicks ?? last - before);
    this.#endTicks = Math.max(this.#plannedTicks, this.#held.length === 0 ? last : last + duration);
    this.#plan();
  }

  /** The first place at or after a time at which a range ends; undefined when none is known yet. */
  cutFrom(ticks: number): number | undefined {
    const found = this.#ends.find((end) => end >= ticks);
    return found ?? (this.#endTicks === undefined ? undefined : this.#ends.at(-1));
  }

  /**
   * Takes the ranges out that are known and begin before a time. One that the time lies in is cut off there, and what is
   * left of it goes to nobody: the time is where the output ends.
   * @throws {LimitExceededError} when a range needs more pictures to be decoded than is sensible.
   */
  take(untilTicks: number): PictureRange[] {
    const taken: PictureRange[] = [];
    for (let end = this.#ends[0]; end !== undefined && this.#takenTicks < untilTicks; end = this.#ends[0]) {
      this.#ends.shift();
      taken.push(this.#rangeOf(this.#takenTicks, Math.min(end, untilTicks)));
      this.#takenTicks = end;
    }
    if (taken.length > 0) this.#forget();
    return taken;
  }

  #rangeOf(startTicks: number, endTicks: number): PictureRange {
    const from = Math.max(0, this.#accessBefore(startTicks));
    let to = this.#held.findLastIndex(({ presentationTime }) => presentationTime < endTicks) + 1;
    // Those that are shown last come out of the decoder when the next ones go in.
    if (this.#hasDecodeTimesOnly) to = Math.min(this.#held.length, to + DEEPEST_REORDERING);
    const pictures: HeldPicture[] = [];
    for (let i = from; i < to; i++) {
      const picture = this.#held[i]!;
      // Nothing refers to it, and it is not shown.
      const isIdle = picture.isDisposable && picture.presentationTime < startTicks;
      if (!isIdle || this.#hasDecodeTimesOnly) pictures.push(picture);
    }
    checkLimit('number of pictures to decode for a part of the video', pictures.length, MAX_JOB_PACKETS, {
      offset: this.#held[from]?.offset ?? 0,
    });
    return { startTicks, endTicks, pictures, isNearEnd: this.#isNearEnd(startTicks, endTicks) };
  }

  #isNearEnd(startTicks: number, endTicks: number): boolean {
    const end = this.#endTicks ?? this.#sourceEndTicks;
    return end !== undefined && Math.abs(end - endTicks) < endTicks - startTicks;
  }

  #plan(): void {
    for (let end = this.#nextEnd(); end !== undefined; end = this.#nextEnd()) {
      this.#ends.push(end);
      this.#plannedTicks = end;
      this.#planned++;
      this.#unplannedBytes = 0;
      for (const { presentationTime, data } of this.#held) {
        if (presentationTime >= end) this.#unplannedBytes += data.byteLength;
      }
    }
  }

  /** Where the next range is to end; undefined when more must come first, or nothing is left. */
  #nextEnd(): number | undefined {
    const start = this.#plannedTicks;
    if (this.#endTicks !== undefined && start >= this.#endTicks) return undefined;
    const isOver = this.#endTicks !== undefined;
    const base = (RAMP_SECONDS[this.#planned] ?? STEADY_SECONDS) * this.#timescale;
    const access = this.#held[this.#accessBefore(start)]?.presentationTime ?? start;
    const aim = Math.max(base, Math.min(start - access, LONGEST_SECONDS * this.#timescale));
    const ahead = Math.min((start - this.#firstTicks) / 2, LONGEST_GROUP_SECONDS * this.#timescale);
    const horizon = start + Math.max(aim * MOST_TIMES, ahead);
    const least = start + base * (start - access > base ? LEAST_SHARE_DEEP : LEAST_SHARE);
    this.#leastTicks = least;
    this.#horizonTicks = horizon;
    const known = isOver ? this.#endTicks! - 1 : this.#settledTicks;
    for (let i = 0; i < this.#held.length; i++) {
      const ticks = this.#accessTicks(i);
      if (ticks >= least && ticks <= Math.min(horizon, known)) return ticks;
    }
    if (known < horizon && !isOver) return this.#isHeavy ? this.#lastAccessSince(start) : undefined;
    return !isOver || this.#endTicks! > horizon ? this.#pictureFrom(start + aim) : this.#endTicks;
  }

  /** The first picture that is shown at or after a time; the end, where there is none. */
  #pictureFrom(ticks: number): number {
    let found = this.#endTicks ?? Infinity;
    for (const { presentationTime, isHidden } of this.#held) {
      if (presentationTime >= ticks && isHidden !== true) found = Math.min(found, presentationTime);
    }
    return found;
  }

  get #isHeavy(): boolean {
    return this.#unplannedBytes > HEAVY_BYTES;
  }

  /** The last random access point after a time before which everything has come. */
  #lastAccessSince(start: number): number | undefined {
    for (let i = this.#held.length - 1; i >= 0; i--) {
      const ticks = this.#accessTicks(i);
      if (ticks > start && ticks <= this.#settledTicks) return ticks;
    }
    return undefined;
  }

  /** Everything that is shown before this time has come: no more than the deepest reordering comes after what it precedes. */
  get #settledTicks(): number {
    return this.#latest.length > this.#depth ? this.#latest[0]! : Number.NEGATIVE_INFINITY;
  }

  /** From which time on decoding shows all pictures when it begins at a picture; infinity where it cannot begin. */
  #accessTicks(index: number): number {
    if (!this.#held[index]!.isKey) return Number.POSITIVE_INFINITY;
    const shown = this.#hasDecodeTimesOnly ? index + this.#depth : index;
    return this.#held[shown]?.presentationTime ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The last picture from which decoding shows all from a time on; -1 when there is none. What is decoded later than the
   * first picture of that time is none, whatever it claims.
   */
  #accessBefore(ticks: number): number {
    const first = this.#held.findIndex(({ presentationTime }) => presentationTime >= ticks);
    for (let i = first < 0 ? this.#held.length - 1 : first; i >= 0; i--) {
      if (this.#accessTicks(i) <= ticks) return i;
    }
    return -1;
  }

  #secondLatest(last: number): number {
    const shown = this.#held.filter(({ isHidden }) => isHidden !== true);
    const times = shown.map(({ presentationTime }) => presentationTime);
    return Math.max(this.#plannedTicks, ...times.filter((ticks) => ticks < last).slice(-DEEPEST_REORDERING));
  }

  /** What lies before the random access point of the next range is needed no more. */
  #forget(): void {
    const from = this.isOver ? this.#held.length : this.#accessBefore(this.#takenTicks);
    for (const { data } of this.#held.splice(0, Math.max(0, from))) this.#heldBytes -= data.byteLength;
  }
}
