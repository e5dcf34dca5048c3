import type { Source, StreamOptions } from '../media/source.js';
import { abortable } from './abortable.js';

/** A source whose first bytes have been looked at. */
export interface PeekedSource {
  /** The first bytes: as many as were asked for, or fewer where the source ends. */
  readonly head: Uint8Array;
  /** The source, to be read from the beginning as if nothing had happened; to be closed in the source's stead. */
  readonly source: Source;

  /** Gives up the stream that was begun, for who does not read from the beginning on; the source can be read as before. */
  discard(): Promise<void>;
}

/**
 * Looks at the first bytes of a source without using them up, also of one that can be read only once. Where reading
 * anywhere costs next to nothing that is a read of its own; else the stream that was begun is handed on to whoever reads
 * from the beginning, so that a remote source is asked once.
 * @param source - owned from now on, but when this fails.
 * @param length - how many bytes.
 * @throws {SourceError} when the source cannot be read.
 */
export async function peek(source: Source, length: number, signal?: AbortSignal): Promise<PeekedSource> {
  if (source.isLocal === true) {
    const discard = (): Promise<void> => Promise.resolve();
    return { head: await source.read(0, length, { signal }), source, discard };
  }
  const begun = new BegunStream(source);
  try {
    await abortable(begun.fill(length), signal);
  } catch (error) {
    await begun.close();
    throw error;
  }
  return { head: begun.head(length), source: handOn(source, begun), discard: () => begun.close() };
}

/** A stream from the beginning, of which some chunks are kept until somebody takes it over. */
class BegunStream {
  readonly #controller = new AbortController();
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #chunks: Uint8Array[] = [];

  constructor(source: Source) {
    this.#iterator = source.stream(0, { signal: this.#controller.signal })[Symbol.asyncIterator]();
  }

  async fill(length: number): Promise<void> {
    for (let bytes = 0; bytes < length;) {
      const next = await this.#iterator.next();
      if (next.done === true) return;
      this.#chunks.push(next.value);
      bytes += next.value.byteLength;
    }
  }

  head(length: number): Uint8Array {
    const head = new Uint8Array(
      Math.min(
        length,
        this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0),
      ),
    );
    let at = 0;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(0, head.length - at);
      head.set(part, at);
      at += part.length;
    }
    return head;
  }

  async *chunks({ signal }: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const abort = (): void => this.#controller.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    try {
      for (let chunk = this.#chunks.shift(); chunk !== undefined; chunk = this.#chunks.shift()) {
        signal?.throwIfAborted();
        yield chunk;
      }
      for (;;) {
        const next = await this.#iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#controller.abort();
    await this.#iterator.return?.();
  }
}

function handOn(source: Source, stream: BegunStream): Source {
  let begun: BegunStream | undefined = stream;
  const take = (): BegunStream | undefined => {
    const taken = begun;
    begun = undefined;
    return taken;
  };
  return {
    name: source.name,
    size: source.size,
    seekable: source.seekable,
    identity: source.identity,
    isLocal: source.isLocal,
    isCached: source.isCached,
    path: source.path,
    stream: (offset, options = {}) =>
      (offset === 0 ? take()?.chunks(options) : undefined) ?? source.stream(offset, options),
    read: (offset, length, options) => source.read(offset, length, options),
    [Symbol.asyncDispose]: async () => {
      await take()?.close();
      await source[Symbol.asyncDispose]();
    },
  };
}
