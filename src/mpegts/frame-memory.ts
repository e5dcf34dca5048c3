import type { ChunkMemory } from '../media/source.js';

/** Payload of a transport packet without an adaptation field. */
const commonBytes = 184;

/** Where the bytes of one stream are gathered, and what its frames are views of. */
export interface FrameMemoryOptions {
  /** Bytes of one piece of memory; a larger frame gets one of its own. */
  readonly pieceBytes: number;
  /** Memory to use again, of the reader of the frames. */
  readonly memory?: ChunkMemory | undefined;
}

/**
 * The bytes of an elementary stream, one behind another, so that each frame is a run of them. Positions count from the
 * beginning of the stream and are good however often what is kept moves to another piece of memory.
 */
export class FrameMemory {
  readonly #pieceBytes: number;
  readonly #memory: ChunkMemory | undefined;
  #piece: Uint8Array<ArrayBuffer>;
  #words: Int32Array;
  /** What was appended from last, and the same in words, where it can be read so. */
  #source: Uint8Array | undefined;
  #sourceWords: Int32Array | undefined;
  /** Position of the piece's first byte. */
  #base = 0;
  #end = 0;
  /** What the offset in the source of the last frame that was given from the piece is; -1 before. */
  #lastOffset = -1;

  /** @param options - how memory is had. */
  constructor(options: FrameMemoryOptions) {
    this.#pieceBytes = options.pieceBytes;
    this.#memory = options.memory;
    this.#piece = new Uint8Array(0);
    this.#words = new Int32Array(0);
  }

  /** The piece of memory that holds what is kept. Good until something is appended. */
  get piece(): Uint8Array<ArrayBuffer> {
    return this.#piece;
  }

  /** The same memory in words of four bytes. */
  get words(): Int32Array {
    return this.#words;
  }

  /** Position of the piece's first byte. */
  get base(): number {
    return this.#base;
  }

  /** Position behind the last byte. */
  get end(): number {
    return this.#end;
  }

  /**
   * Appends bytes of a source: the one place where they are copied.
   * @param bytes - where they are; not held.
   * @param from - position of the first in `bytes`.
   * @param to - position behind the last.
   * @param keepFrom - position in the stream before which nothing is needed any more, but by those who were given it.
   */
  append(bytes: Uint8Array, from: number, to: number, keepFrom: number): void {
    if (this.#end - this.#base + to - from > this.#piece.length) this.#move(keepFrom, to - from);
    const length = to - from;
    const target = this.#end - this.#base;
    const words = this.#wordsOf(bytes);
    if (length === commonBytes && words !== undefined && ((from | target) & 3) === 0) {
      copyWords(words, from >> 2, this.#words, target >> 2);
    } else {
      this.#piece.set(bytes.subarray(from, to), target);
    }
    this.#end += length;
  }

  #wordsOf(bytes: Uint8Array): Int32Array | undefined {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceWords =
        bytes.byteOffset % 4 === 0
          ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
          : undefined;
    }
    return this.#sourceWords;
  }

  /**
   * Leaves room; what stands there is anything.
   * @param least - bytes of it at least.
   * @param next - length of what is appended next: behind that a word of four bytes is to begin.
   * @param keepFrom - as for {@link FrameMemory.append}.
   */
  leaveGap(least: number, next: number, keepFrom: number): void {
    const mostBytes = least + 3;
    if (this.#end - this.#base + mostBytes + next > this.#piece.length) {
      this.#move(keepFrom, mostBytes + next);
    }
    const odd = (this.#end - this.#base + least + next) & 3;
    this.#end += least + ((4 - odd) & 3);
  }

  /** Views a run of bytes that is kept, for good: a frame whose offset in the source is the last so far. */
  give(from: number, to: number, offset: number): Uint8Array {
    this.#lastOffset = offset;
    return this.#piece.subarray(from - this.#base, to - this.#base);
  }

  /** Goes on in another piece, with what is kept. The old one belongs to those who were given frames. */
  #move(keepFrom: number, room: number): void {
    const kept = this.#piece.subarray(keepFrom - this.#base, this.#end - this.#base);
    const needed = kept.length + room;
    const isCommon = 2 * needed <= this.#pieceBytes;
    const old = this.#piece;
    const next = isCommon
      ? (this.#memory?.take(this.#pieceBytes) ?? new Uint8Array(this.#pieceBytes))
      : new Uint8Array(2 * needed);
    next.set(kept);
    this.#piece = next;
    this.#words = new Int32Array(next.buffer, 0, next.length >> 2);
    this.#base = keepFrom;
    // Free when the reader is behind the last frame in it.
    if (old.length === this.#pieceBytes) this.#memory?.lend(old, this.#lastOffset + 1 - old.length);
    this.#lastOffset = -1;
  }
}

/** Copies a common payload in words: a view of it for {@link Uint8Array.set} would cost as much as the copy. */
function copyWords(source: Int32Array, from: number, target: Int32Array, to: number): void {
  for (let i = 0; i < commonBytes / 4; i += 2) {
    target[to + i] = source[from + i]!;
    target[to + i + 1] = source[from + i + 1]!;
  }
}
