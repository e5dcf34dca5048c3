import type { AudioFrameHeader, AudioFrameRule } from './audio-rules.js';
import {
  LossList,
  StampQueue,
  type ElementaryStream,
  type PesStamp,
  type TakeFrame,
} from './elementary-stream.js';
import type { FrameMemory } from './frame-memory.js';

/** Bytes of a frame with all that belong to it. */
const mostBytes = 64 << 10;

/** How an {@link AudioStream} is made. */
export interface AudioStreamOptions {
  /** Holds the bytes. */
  readonly memory: FrameMemory;
  /** Reads the frames' headers. */
  readonly rule: AudioFrameRule;
  /** Takes the frames. */
  readonly take: TakeFrame;
  /** Told of a frame that is left out because a part of it is missing. */
  readonly reportLoss: (offset: number, length: number) => void;
}

/** Cuts an audio stream into frames, whichever PES packets they come in. */
export class AudioStream implements ElementaryStream {
  readonly #options: AudioStreamOptions;
  readonly #memory: FrameMemory;
  readonly #rule: AudioFrameRule;
  readonly #stamps = new StampQueue();
  readonly #losses = new LossList();
  /** Where the next frame begins, or is looked for. */
  #at = 0;
  /** Where the frame begins to which others may still belong; undefined when there is none. */
  #openFrom: number | undefined;
  #openTicks = 0;
  #openStamp: PesStamp | undefined;
  /** A frame ended where the next one is looked for. */
  #isInStep = false;
  /** The last stated time, and how much was heard since. */
  #lastPts: number | undefined;
  #ticksSince = 0;
  #begun: PesStamp | undefined;

  /** @param options - how it is made. */
  constructor(options: AudioStreamOptions) {
    this.#options = options;
    this.#memory = options.memory;
    this.#rule = options.rule;
  }

  begin(stamp: PesStamp): void {
    this.#split(true);
    this.#begun = stamp;
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    if (to <= from) return;
    if (this.#begun !== undefined) this.#stamps.push(this.#begun, this.#memory.end);
    this.#begun = undefined;
    this.#memory.append(bytes, from, to, this.#openFrom ?? this.#at);
    if (this.#memory.end - this.#at > mostBytes) this.#split(false);
  }

  complete(): void {
    this.#split(true);
  }

  markLoss(): void {
    this.#losses.push(this.#memory.end);
  }

  finish(): void {
    this.#split(true);
    this.#give();
  }

  /** @param isPesEnd - what is there ends where a frame may well end. */
  #split(isPesEnd: boolean): void {
    const { piece, base, end } = this.#memory;
    for (;;) {
      const header = this.#headerAt(piece, this.#at - base, end - base);
      if (header === 'short') return;
      if (header === undefined) {
        this.#search(piece, base, end);
        continue;
      }
      if (this.#passLoss(header.size)) continue;
      const next = this.#at + header.size;
      if (next > end) return;
      if (!this.#isInStep) {
        const following = this.#headerAt(piece, next - base, end - base);
        if (following === 'short' && !(isPesEnd && next === end)) return;
        if (following === undefined) {
          this.#search(piece, base, end);
          continue;
        }
      }
      this.#takeFrame(header);
    }
  }

  #headerAt(bytes: Uint8Array, at: number, end: number): AudioFrameHeader | 'short' | undefined {
    return at + this.#rule.headerBytes > end ? 'short' : this.#rule.read(bytes, at);
  }

  /** Goes to the next place at which a frame may begin. */
  #search(piece: Uint8Array, base: number, end: number): void {
    this.#give();
    this.#isInStep = false;
    const found = piece.subarray(0, end - base).indexOf(this.#rule.firstByte, this.#at + 1 - base);
    this.#at = found < 0 ? end : base + found;
  }

  /** Leaves out a frame of which a part is missing, and looks on behind that. */
  #passLoss(size: number): boolean {
    const start = this.#at;
    this.#losses.take(start);
    const loss = this.#losses.first();
    if (loss === undefined || loss >= start + size) return false;
    this.#give();
    this.#stamps.take(start);
    this.#options.reportLoss(this.#stamps.lastOffset, loss - start);
    this.#losses.take(loss);
    this.#isInStep = false;
    this.#at = loss;
    return true;
  }

  #takeFrame({ size, ticks: told, isDependent }: AudioFrameHeader): void {
    const start = this.#at;
    const ticks = this.#rule.measure === undefined ? told : this.#measure(start, size);
    if (ticks === undefined) {
      this.#leaveOut(start, size);
      return;
    }
    const belongs = isDependent && this.#openFrom !== undefined && start + size - this.#openFrom <= mostBytes;
    if (!belongs) {
      this.#give();
      this.#openFrom = start;
      this.#openTicks = ticks;
      this.#openStamp = this.#stamps.take(start);
    }
    this.#at = start + size;
    this.#isInStep = true;
    if (!this.#rule.mayJoin) this.#give();
  }

  #measure(start: number, size: number): number | undefined {
    const { piece, base } = this.#memory;
    return this.#rule.measure!(piece.subarray(start - base, start - base + size));
  }

  /** Passes over a frame that cannot be decoded; when those behind it begin is stated anew. */
  #leaveOut(start: number, size: number): void {
    this.#give();
    this.#stamps.take(start);
    this.#options.reportLoss(this.#stamps.lastOffset, size);
    this.#lastPts = undefined;
    this.#at = start + size;
    this.#isInStep = true;
  }

  #give(): void {
    const from = this.#openFrom;
    if (from === undefined) return;
    const stamp = this.#openStamp;
    if (stamp?.pts !== undefined) {
      this.#lastPts = stamp.pts;
      this.#ticksSince = 0;
    }
    const pts = this.#lastPts === undefined ? undefined : this.#lastPts + Math.round(this.#ticksSince);
    this.#ticksSince += this.#openTicks;
    this.#openFrom = undefined;
    const offset = stamp?.offset ?? this.#stamps.lastOffset;
    const data = this.#memory.give(from, this.#at, offset);
    const duration = Math.round(this.#openTicks);
    this.#options.take({ pts, dts: pts, duration, offset, isKey: true, isCorrupt: false, data });
  }
}
