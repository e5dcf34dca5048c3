/** A frame of an elementary stream, with times as its PES packet states them. */
export interface ElementaryFrame {
  /** Presentation time in 90 kHz, of 33 bits; undefined where none is stated for it. */
  readonly pts: number | undefined;
  /** Decode time; undefined where none is stated for it. */
  readonly dts: number | undefined;
  /** How long it lasts, in 90 kHz; 0 when the frame does not tell. */
  readonly duration: number;
  /** Byte offset in the source of the packet that begins the PES packet in which it begins. */
  readonly offset: number;
  /** Whether decoding can begin here. */
  readonly isKey: boolean;
  /** Whether parts are missing or damaged. */
  readonly isCorrupt: boolean;
  /** Its bytes. */
  readonly data: Uint8Array;
}

/** Takes the frames of a stream. */
export type TakeFrame = (frame: ElementaryFrame) => void;

/** What a PES packet states of the first frame that begins in it. */
export interface PesStamp {
  /** Presentation time in 90 kHz; undefined when absent. */
  readonly pts: number | undefined;
  /** Decode time; that of presentation where only that is stated. */
  readonly dts: number | undefined;
  /** Byte offset in the source of the packet that begins it. */
  readonly offset: number;
}

/** Takes the payload of a stream's PES packets apart into frames. */
export interface ElementaryStream {
  /** A PES packet begins. */
  begin(stamp: PesStamp): void;

  /** More of the payload. The bytes are copied. */
  append(bytes: Uint8Array, from: number, to: number): void;

  /** The PES packet is complete by its own word. */
  complete(): void;

  /** Something is missing or damaged here. */
  markLoss(): void;

  /** The stream has ended. */
  finish(): void;
}

/** PES packets in which no frame begins; more than any stream has in a row. */
const mostStamps = 1000;

/** Places of damage that are remembered until a frame ends behind them. */
const mostLosses = 1000;

/** The stamps of PES packets in which no frame has begun yet, with their positions in the stream. */
export class StampQueue {
  readonly #stamps: { readonly stamp: PesStamp; readonly position: number }[] = [];
  #lastOffset = 0;

  /** Adds the stamp of the PES packet that begins at a position. */
  push(stamp: PesStamp, position: number): void {
    if (this.#stamps.length >= mostStamps) this.#stamps.shift();
    this.#stamps.push({ stamp, position });
  }

  /**
   * Takes what belongs to a frame: it is stated for the first one that begins in the PES packet.
   * @param position - where the frame begins.
   * @returns undefined when an earlier frame of that PES packet took it.
   * @see ISO/IEC 13818-1, section 2.4.3.7 (PTS)
   */
  take(position: number): PesStamp | undefined {
    let taken: PesStamp | undefined;
    while (this.#stamps[0] !== undefined && this.#stamps[0].position <= position) {
      taken = this.#stamps.shift()!.stamp;
      this.#lastOffset = taken.offset;
    }
    return taken;
  }

  /** The offset of the last stamp that was taken or passed over. */
  get lastOffset(): number {
    return this.#lastOffset;
  }
}

/** Places in a stream at which something is missing. */
export class LossList {
  readonly #positions: number[] = [];

  /** Adds a place; those that follow each other closely count as one. */
  push(position: number): void {
    if (this.#positions.at(-1) === position) return;
    if (this.#positions.length >= mostLosses) this.#positions.shift();
    this.#positions.push(position);
  }

  /** Tells whether something is missing before a position, in what was not asked for yet. */
  take(end: number): boolean {
    const count = this.#positions.length;
    while (this.#positions[0] !== undefined && this.#positions[0] <= end) this.#positions.shift();
    return this.#positions.length < count;
  }

  /** The first place behind or at a position; undefined when there is none. */
  first(): number | undefined {
    return this.#positions[0];
  }
}
