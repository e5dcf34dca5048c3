import type { ReadOptions, Source } from '../media/source.js';
import { SourceError } from '../errors.js';
import { abortable } from './abortable.js';

/** Options of {@link openIterable}. */
export interface IterableSourceOptions {
  /** For people; `stream` by default. */
  readonly name?: string;
  /** Size in bytes, when it is known; more or fewer bytes are then an error. */
  readonly size?: number | undefined;
}

/**
 * Makes a source of anything that yields bytes once: a generator, a Node `Readable`, a web `ReadableStream`.
 * @param iterable - taken over: it is closed when the source is, when its stream is left, or when a read is aborted.
 *   The chunks it yields must be fresh, and none of them may be written into later.
 * @param options - name and size.
 * @returns a source that is not seekable.
 */
export function openIterable(
  iterable: AsyncIterable<Uint8Array>,
  options: IterableSourceOptions = {},
): Source {
  return new IterableSource(iterable, options);
}

class IterableSource implements Source {
  readonly name: string;
  readonly size: number | undefined;
  readonly seekable = false;
  readonly identity = undefined;
  readonly #closing = new AbortController();
  #iterator: AsyncIterator<unknown> | undefined;
  #pending = false;
  #ended = false;
  readonly #iterable: AsyncIterable<Uint8Array>;

  constructor(iterable: AsyncIterable<Uint8Array>, options: IterableSourceOptions) {
    this.#iterable = iterable;
    this.name = options.name ?? 'stream';
    this.size = options.size;
  }

  async *stream(offset: number, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal } = options;
    this.#closing.signal.throwIfAborted();
    if (this.#iterator !== undefined || offset !== 0) {
      throw new SourceError(`${this.name} can be read only once, from its beginning.`, {
        context: { offset },
      });
    }
    this.#iterator = iterate(this.#iterable);
    let received = 0;
    try {
      for (;;) {
        const chunk = await abortable(this.#next(), signal, this.#closing.signal);
        if (chunk === undefined) break;
        received += chunk.length;
        this.#checkSize(received, false);
        if (chunk.length > 0) yield chunk;
      }
      this.#checkSize(received, true);
    } finally {
      await this.#end();
    }
  }

  async read(): Promise<Uint8Array> {
    return await Promise.reject(
      new SourceError(`${this.name} is a stream: it cannot be read from just anywhere.`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new SourceError(`${this.name} was read after it was closed.`));
    await this.#end();
  }

  async #next(): Promise<Uint8Array | undefined> {
    this.#pending = true;
    try {
      const result = await this.#iterator!.next();
      if (result.done === true) {
        this.#ended = true;
        return undefined;
      }
      const value: unknown = result.value;
      if (!(value instanceof Uint8Array)) {
        throw new SourceError(`${this.name} yields something else than bytes: ${typeof value}.`);
      }
      return value;
    } catch (cause) {
      this.#ended = !(cause instanceof SourceError);
      throw cause instanceof SourceError
        ? cause
        : new SourceError(`${this.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
            cause,
          });
    } finally {
      this.#pending = false;
    }
  }

  #checkSize(received: number, atEnd: boolean): void {
    if (this.size === undefined || (atEnd ? received === this.size : received <= this.size)) return;
    throw new SourceError(
      `${this.name} gave ${atEnd ? 'only ' : 'at least '}${received} bytes and not ${this.size}.`,
      { context: { offset: received } },
    );
  }

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const returned = (this.#iterator ?? iterate(this.#iterable)).return?.();
    const settled = Promise.resolve(returned).then(
      () => undefined,
      () => undefined,
    );
    // A generator's return() waits behind a next() that may never settle.
    if (!this.#pending) await settled;
  }
}

/**
 * Iterates streams so that `return` closes them even while `next` is pending, which their own iterators put off until
 * it settles: a stalled download would never be cancelled.
 */
function iterate(iterable: AsyncIterable<Uint8Array>): AsyncIterator<unknown> {
  if (iterable instanceof ReadableStream) {
    const reader = (iterable as ReadableStream<unknown>).getReader();
    return {
      next: async () => {
        const { done, value } = await reader.read();
        return done ? { done, value: undefined } : { done, value };
      },
      return: async () => {
        await reader.cancel();
        return { done: true, value: undefined };
      },
    };
  }
  const iterator = iterable[Symbol.asyncIterator]();
  if (!isNodeStream(iterable)) return iterator;
  return {
    next: () => iterator.next(),
    return: () => {
      iterable.destroy();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

function isNodeStream(iterable: object): iterable is { destroy(): void } {
  return 'destroy' in iterable && typeof iterable.destroy === 'function';
}
