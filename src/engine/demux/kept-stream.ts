import { SourceError } from '../../errors.js';
import { abortable } from '../../io/abortable.js';
import type { Source } from '../../media/source.js';

/**
 * Above this nothing is kept any more, in bytes: several times what libavformat reads to find out what is in a stream,
 * and what is on its way to it meanwhile.
 */
const MOST_KEPT_BYTES = 16 * 1024 ** 2;

interface Reader {
  /** The chunk that it gets next. */
  at: number;
}

/**
 * A source that can be read only once, of which the beginning is kept for a while: until {@link KeptStream.forget}, or
 * until it becomes too long, it can be read from its beginning again and again, by one reader at a time. Nothing is read
 * of the source that no reader asks for.
 */
export class KeptStream implements AsyncDisposable {
  readonly #source: Source;
  readonly #mostBytes: number;
  readonly #closing = new AbortController();
  #iterator: AsyncIterator<Uint8Array> | undefined;
  /** All chunks from the beginning on, while they are kept; then those that the reader has yet to get. */
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #isKept = true;
  #isEnded = false;
  /** What is under way for whoever reads, or failed for all who will. */
  #pulling: Promise<void> | undefined;
  #reader: Reader | undefined;

  /**
   * @param source - stays the caller's to close; not seekable, and read by nobody else.
   * @param mostBytes - kept at most.
   */
  constructor(source: Source, mostBytes = MOST_KEPT_BYTES) {
    this.#source = source;
    this.#mostBytes = mostBytes;
  }

  /** Whether it can be read from its beginning now. */
  get isWhole(): boolean {
    return this.#isKept || this.#reader === undefined;
  }

  /**
   * Reads from the beginning, in place of who read before.
   * @param signal - ends the reading; what was kept stays.
   * @returns chunks as the source gives them.
   * @throws {SourceError} when the source fails, or its beginning is not kept any more.
   */
  async *read(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    if (!this.isWhole) {
      throw new SourceError(`${this.#source.name} can be read only once, from its beginning.`);
    }
    const reader: Reader = { at: 0 };
    this.#reader = reader;
    try {
      while (this.#reader === reader) {
        signal.throwIfAborted();
        this.#closing.signal.throwIfAborted();
        if (reader.at === this.#chunks.length) {
          if (this.#isEnded) break;
          await abortable((this.#pulling ??= this.#pull()), signal, this.#closing.signal);
        } else if (this.#isKept) yield this.#chunks[reader.at++]!;
        else yield this.#chunks.shift()!;
      }
    } finally {
      // Nobody can read on.
      if (!this.#isKept && this.#reader === reader) await this[Symbol.asyncDispose]();
    }
  }

  /** Keeps nothing from now on: whoever reads is the last to do so. */
  forget(): void {
    if (!this.#isKept) return;
    this.#isKept = false;
    if (this.#reader === undefined) return;
    this.#chunks.splice(0, this.#reader.at);
    this.#reader.at = 0;
  }

  /** Leaves the source. Safe to call at any time and more than once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new SourceError(`${this.#source.name} was read after it was left.`));
    const iterator = this.#iterator;
    this.#iterator = undefined;
    this.#chunks = [];
    const left = Promise.resolve(iterator?.return?.()).catch(() => undefined);
    // A generator's return() waits behind a next() that may never settle.
    if (this.#pulling === undefined) await left;
  }

  async #pull(): Promise<void> {
    const { signal } = this.#closing;
    this.#iterator ??= this.#source.stream(0, { signal })[Symbol.asyncIterator]();
    const next: IteratorResult<Uint8Array, unknown> = await this.#iterator.next();
    this.#pulling = undefined;
    if (next.done === true) {
      this.#isEnded = true;
      return;
    }
    this.#chunks.push(next.value);
    this.#bytes += next.value.length;
    if (this.#bytes > this.#mostBytes) this.forget();
  }
}
