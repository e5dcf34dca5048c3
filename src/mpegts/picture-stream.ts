import type { InspectVideoSample } from '../codecs/configuration.js';
import { SegmintError } from '../errors.js';
import { maxNalUnits } from '../codecs/nal/length-prefixed.js';
import {
  LossList,
  StampQueue,
  type ElementaryStream,
  type PesStamp,
  type TakeFrame,
} from './elementary-stream.js';
import { findStartCode } from './find-start-code.js';
import type { FrameMemory } from './frame-memory.js';
import { judgedBytes, type UnitJudge } from './picture-rules.js';
import { headroomBytes, UnitRun } from './unit-run.js';

/** A picture of more bytes than this is none: what was gathered is thrown away. */
const mostBytes = 32 << 20;

/** So many bytes are searched at once where a PES packet is long. */
const searchedBytes = 256 << 10;

/** A field, complete, while it is not known whether the other one of its frame follows. */
interface HeldField {
  /** NAL units of it; those behind them belong to what follows. */
  readonly units: number;
  /** Position behind it. */
  readonly end: number;
  /** What is stated of what follows. */
  readonly nextStamp: PesStamp | undefined;
}

/** How a {@link PictureStream} is made. */
export interface PictureStreamOptions {
  /** Holds the bytes. */
  readonly memory: FrameMemory;
  /** Finds the beginnings of pictures. */
  readonly judge: UnitJudge;
  /** Tells what pictures are, of samples with lengths of four bytes. */
  readonly inspect: InspectVideoSample;
  /** Takes the pictures. */
  readonly take: TakeFrame;
  /** Duration of a picture in 90 kHz; 0 when it is not known. */
  readonly duration: number;
  /**
   * Only the beginnings of pictures are wanted, up to their first slice: what follows in the same PES packet is passed over.
   * Pictures must begin with PES packets.
   */
  readonly beginningsOnly?: boolean | undefined;
}

/**
 * Cuts a byte stream of H.264 or HEVC into pictures (access units), whose NAL units have lengths in place of start codes.
 * A picture is given when the next one begins. Two fields that make a frame are one picture, with the times of the first.
 * @see ITU-T H.264 and H.265, Annex B
 */
export class PictureStream implements ElementaryStream {
  readonly #options: PictureStreamOptions;
  readonly #memory: FrameMemory;
  readonly #stamps = new StampQueue();
  readonly #losses = new LossList();
  readonly #units = new UnitRun();
  /** Where start codes are searched next. */
  #searched = 0;
  /** Before this stands what was given. */
  #givenEnd = 0;
  #stamp: PesStamp | undefined;
  /** A first slice was met in the picture in the making. */
  #hasPicture = false;
  /** The last unit is one that the judge must see. */
  #isToLearn = false;
  #held: HeldField | undefined;
  /** Room that was left between two PES packets: the second begins with a start code. */
  #gapFrom = -10;
  #gapTo = -10;
  /** The PES packet that begins with the next bytes. */
  #begun: PesStamp | undefined;
  /** What is left of the PES packet is not wanted. */
  #isPassedOver = false;

  /** @param options - how it is made. */
  constructor(options: PictureStreamOptions) {
    this.#options = options;
    this.#memory = options.memory;
  }

  begin(stamp: PesStamp): void {
    this.#begun = stamp;
    this.#isPassedOver = false;
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isPassedOver || to <= from) return;
    const memory = this.#memory;
    const begun = this.#begun;
    const isSparse = this.#options.beginningsOnly === true;
    if (begun !== undefined) {
      this.#begun = undefined;
      if (beginsWithStartCode(bytes, from, to)) this.#leaveGap(to - from);
      this.#stamps.push(begun, memory.end);
    }
    memory.append(bytes, from, to, this.#givenEnd);
    const isDue = begun !== undefined || memory.end - this.#searched > searchedBytes;
    if (isDue || (isSparse && !this.#hasPicture)) this.#search(false);
    if (isSparse && begun === undefined) this.#isPassedOver = this.#hasPicture;
    if (memory.end - this.#givenEnd > mostBytes) this.#throwAway();
  }

  complete(): void {
    // Whether a picture is complete tells the next one.
  }

  markLoss(): void {
    this.#losses.push(this.#memory.end);
  }

  finish(): void {
    this.#search(true);
    this.#endUnit(this.#memory.end);
    if (this.#held !== undefined) this.#giveHeld(this.#held);
    else if (this.#hasPicture) this.#give(this.#units.count, this.#memory.end);
  }

  /** @param length - of what comes first behind the gap: what follows that is to begin with a word. */
  #leaveGap(length: number): void {
    const memory = this.#memory;
    this.#search(true);
    this.#gapFrom = memory.end;
    memory.leaveGap(headroomBytes, length, this.#givenEnd);
    this.#gapTo = memory.end;
    this.#searched = memory.end;
  }

  /** @param isWhole - nothing follows directly: what is too short to be judged is judged all the same. */
  #search(isWhole: boolean): void {
    const memory = this.#memory;
    const { piece, words, base } = memory;
    const end = memory.end - base;
    let at = this.#searched - base;
    for (;;) {
      const code = findStartCode(piece, words, at, end);
      if (code < 0) {
        this.#searched = base + Math.max(at, end - 2);
        return;
      }
      const header = code + 3;
      const isJudged = isWhole ? header < end : header + judgedBytes <= end;
      if (!isJudged) {
        this.#searched = base + code;
        return;
      }
      // Nothing behind the end is looked at: it may be of another picture.
      this.#takeUnit(isWhole ? piece.subarray(0, end) : piece, base, code, header);
      at = header;
    }
  }

  #takeUnit(bytes: Uint8Array, base: number, code: number, header: number): void {
    const at = base + code;
    this.#endUnit(at);
    const role = this.#options.judge.judge(bytes, header);
    this.#isToLearn = role === 'parameters';
    if (role === 'second') this.#held = undefined;
    else if (role !== 'other') this.#endPicture(role === 'first', at);
    if (this.#units.count === 0) {
      // A zero byte before the code belongs to it, and to the same PES packet.
      this.#stamp = this.#stamps.take(at);
    }
    this.#hasPicture ||= role === 'first' || role === 'second';
    if (this.#units.count >= maxNalUnits) this.#throwAway();
    else this.#units.begin(base + header);
  }

  /** A picture ends before a unit that is of the next one, or, where that is open and a field ends, of its other field. */
  #endPicture(isCertain: boolean, at: number): void {
    const isHalf = this.#options.judge.isHalf;
    if (this.#held !== undefined) {
      if (isCertain) this.#giveHeld(this.#held);
    } else if (this.#hasPicture && (isCertain || !isHalf)) {
      this.#give(this.#units.count, at);
    } else if (this.#hasPicture) {
      this.#held = { units: this.#units.count, end: at, nextStamp: this.#stamps.take(at) };
      this.#hasPicture = false;
    }
  }

  #giveHeld({ units, end, nextStamp }: HeldField): void {
    this.#held = undefined;
    this.#give(units, end);
    this.#stamp = nextStamp;
  }

  /** The last unit ends before a position, without the zeros that stand there. */
  #endUnit(position: number): void {
    if (this.#units.count === 0) return;
    const { piece, base } = this.#memory;
    const isBehindGap = position >= this.#gapTo && position - this.#gapTo <= 1;
    let end = (isBehindGap ? this.#gapFrom : position) - base;
    while (end > 0 && piece[end - 1] === 0) end--;
    this.#units.end(base + end);
    if (!this.#isToLearn) return;
    this.#isToLearn = false;
    const unit = this.#units.viewLast(this.#memory);
    if (unit !== undefined) this.#options.judge.learn(unit);
  }

  /**
   * @param count - units of the picture.
   * @param end - position behind it.
   */
  #give(count: number, end: number): void {
    const offset = this.#stamp?.offset ?? this.#stamps.lastOffset;
    const floor = this.#givenEnd;
    this.#givenEnd = this.#units.endOf(count - 1) ?? end;
    const data = this.#units.take(count, this.#memory, floor, offset);
    const isCorrupt = this.#losses.take(end);
    const { pts, dts } = this.#stamp ?? {};
    const { duration, take } = this.#options;
    this.#hasPicture = false;
    take({ pts, dts, duration, offset, isKey: this.#isKey(data), isCorrupt, data });
  }

  #isKey(data: Uint8Array): boolean {
    try {
      return this.#options.inspect(data).randomAccess !== 'none';
    } catch (error) {
      // A damaged picture is no place to begin at.
      if (error instanceof SegmintError) return false;
      throw error;
    }
  }

  #throwAway(): void {
    this.#units.clear();
    this.#held = undefined;
    this.#isToLearn = false;
    this.#hasPicture = false;
    this.#givenEnd = this.#memory.end;
    this.#searched = this.#memory.end;
    this.#losses.push(this.#memory.end);
  }
}

function beginsWithStartCode(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 4 || bytes[from] !== 0 || bytes[from + 1] !== 0) return false;
  return bytes[from + 2] === 1 || (bytes[from + 2] === 0 && bytes[from + 3] === 1);
}
