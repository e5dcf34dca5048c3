import type { FrameMemory } from './frame-memory.js';

const lengthBytes = 4;

/** Room before a picture that is enough for start codes of three bytes to become lengths of four. */
export const headroomBytes = 64;

/** The NAL units of a picture in the making, and of what may be the next one, and where they stand in the stream. */
export class UnitRun {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #targets: number[] = [];

  /** Number of units. */
  get count(): number {
    return this.#starts.length;
  }

  /** Position behind a unit that was ended; undefined when there is none such. */
  endOf(unit: number): number | undefined {
    return this.#ends[unit];
  }

  /** Views the last unit, which was ended; undefined when it has no bytes. */
  viewLast({ piece, base }: FrameMemory): Uint8Array | undefined {
    const start = this.#starts.at(-1);
    return start === undefined ? undefined : piece.subarray(start - base, this.#ends.at(-1)! - base);
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

  /** Bytes of the first units, each with its length. */
  #byteLength(count: number): number {
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      bytes += lengthBytes + this.#ends[i]! - this.#starts[i]!;
    }
    return bytes;
  }

  /**
   * Puts lengths in place of the start codes of the first units, and forgets these. The last unit stays where it is, and it is the largest as a rule;
   * those before it move by the few bytes that their start codes were shorter.
   * @param count - of units.
   * @param memory - holds the units.
   * @param floor - position before which nothing may be written.
   * @param offset - of the picture in the source.
   * @returns the picture; where there is no room for it, in memory of its own.
   */
  take(count: number, memory: FrameMemory, floor: number, offset: number): Uint8Array {
    const size = this.#byteLength(count);
    const end = this.#ends[count - 1] ?? floor;
    const isRoomy = end - size >= floor;
    const picture = isRoomy ? memory.give(end - size, end, offset) : this.#copy(memory, size, count);
    if (isRoomy) this.#close(memory, end - size, count);
    if (count === this.#starts.length) {
      this.clear();
    } else {
      this.#starts.splice(0, count);
      this.#ends.splice(0, count);
    }
    return picture;
  }

  /** Forgets all units. */
  clear(): void {
    this.#starts.length = 0;
    this.#ends.length = 0;
  }

  /** Moves units to where they belong: those that go to the right from the last on, those to the left from the first on. */
  #close(memory: FrameMemory, start: number, count: number): void {
    const { piece, base } = memory;
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

  #copy({ piece, base }: FrameMemory, size: number, count: number): Uint8Array {
    const picture = new Uint8Array(size);
    let at = 0;
    for (let i = 0; i < count; i++) {
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
