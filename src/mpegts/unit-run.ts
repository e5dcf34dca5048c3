import type { FrameMemory } from './frame-memory.js';

const lengthBytes = 4;

/** Room before a picture that is enough for start codes of three bytes to become lengths of four. */
export const headroomBytes = 64;

/** The NAL units of one picture in the making, and where they stand in the stream. */
export class UnitRun {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #targets: number[] = [];

  /** Number of units. */
  get count(): number {
    return this.#starts.length;
  }

  /** Position behind the last unit that was ended; undefined when there is none. */
  get lastEnd(): number | undefined {
    return this.#ends.at(-1);
  }

  /** Begins a unit whose header is at a position; the one before was ended. */
  begin(start: number): void {
    this.#starts.push(start);
  }

  /** Ends the last unit. One without bytes is none. */
  end(end: number): void {
    if (this.#ends.length === this.#starts.length) return;
    if (end > this.#starts.at(-1)!) this.#ends.push(end);
    else this.#starts.pop();
  }

  /** Bytes of the units, each with its length. */
  get byteLength(): number {
    let bytes = 0;
    for (let i = 0; i < this.#ends.length; i++) {
      bytes += lengthBytes + this.#ends[i]! - this.#starts[i]!;
    }
    return bytes;
  }

  /**
   * Puts lengths in place of start codes, and begins anew. The last unit stays where it is, and it is the largest as a rule;
   * those before it move by the few bytes that their start codes were shorter.
   * @param memory - holds the units.
   * @param floor - position before which nothing may be written.
   * @param offset - of the picture in the source.
   * @returns the picture; where there is no room for it, in memory of its own.
   */
  take(memory: FrameMemory, floor: number, offset: number): Uint8Array {
    const size = this.byteLength;
    const end = this.#ends.at(-1) ?? floor;
    const isRoomy = end - size >= floor;
    const picture = isRoomy ? memory.give(end - size, end, offset) : this.#copy(memory, size);
    if (isRoomy) this.#close(memory, end - size);
    this.clear();
    return picture;
  }

  /** Forgets all units. */
  clear(): void {
    this.#starts.length = 0;
    this.#ends.length = 0;
  }

  /** Moves units to where they belong: those that go to the right from the last on, those to the left from the first on. */
  #close(memory: FrameMemory, start: number): void {
    const { piece, base } = memory;
    const count = this.#ends.length;
    this.#targets.length = 0;
    let target = start;
    for (let i = 0; i < count; i++) {
      target += lengthBytes;
      this.#targets.push(target);
      target += this.#ends[i]! - this.#starts[i]!;
    }
    for (let i = count - 1; i >= 0; i--) {
      if (this.#targets[i]! > this.#starts[i]!) this.#move(piece, base, i);
    }
    for (let i = 0; i < count; i++) {
      if (this.#targets[i]! < this.#starts[i]!) this.#move(piece, base, i);
    }
    for (let i = 0; i < count; i++) {
      writeLength(piece, this.#targets[i]! - lengthBytes - base, this.#ends[i]! - this.#starts[i]!);
    }
  }

  #move(piece: Uint8Array, base: number, i: number): void {
    piece.copyWithin(this.#targets[i]! - base, this.#starts[i]! - base, this.#ends[i]! - base);
  }

  #copy({ piece, base }: FrameMemory, size: number): Uint8Array {
    const picture = new Uint8Array(size);
    let at = 0;
    for (let i = 0; i < this.#ends.length; i++) {
      const unit = piece.subarray(this.#starts[i]! - base, this.#ends[i]! - base);
      writeLength(picture, at, unit.length);
      picture.set(unit, at + lengthBytes);
      at += lengthBytes + unit.length;
    }
    return picture;
  }
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length >>> 24;
  bytes[at + 1] = length >>> 16;
  bytes[at + 2] = length >>> 8;
  bytes[at + 3] = length;
}
