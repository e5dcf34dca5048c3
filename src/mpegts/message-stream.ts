import type { ElementaryStream, PesStamp, TakeFrame } from './elementary-stream.js';
import type { FrameMemory } from './frame-memory.js';

/** A PES packet of subtitles of more bytes than this is none. */
const mostBytes = 1 << 20;

/** Takes each PES packet for one frame: subtitles. */
export class MessageStream implements ElementaryStream {
  readonly #memory: FrameMemory;
  readonly #take: TakeFrame;
  #stamp: PesStamp | undefined;
  #start = 0;
  #isCorrupt = false;

  /**
   * @param memory - holds the bytes.
   * @param take - takes the frames.
   */
  constructor(memory: FrameMemory, take: TakeFrame) {
    this.#memory = memory;
    this.#take = take;
  }

  begin(stamp: PesStamp): void {
    this.complete();
    this.#stamp = stamp;
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    if (this.#stamp === undefined) return;
    this.#memory.append(bytes, from, to, this.#start);
    if (this.#memory.end - this.#start > mostBytes) this.#drop();
  }

  complete(): void {
    const stamp = this.#stamp;
    const { end } = this.#memory;
    if (stamp !== undefined && end > this.#start) {
      const { pts, dts, offset } = stamp;
      const data = this.#memory.give(this.#start, end, offset);
      this.#take({ pts, dts, duration: 0, offset, isKey: true, isCorrupt: this.#isCorrupt, data });
    }
    this.#drop();
  }

  markLoss(): void {
    this.#isCorrupt = true;
  }

  finish(): void {
    this.complete();
  }

  #drop(): void {
    this.#stamp = undefined;
    this.#start = this.#memory.end;
    this.#isCorrupt = false;
  }
}
