import type { Source } from '../media/source.js';
import { SourceError } from '../errors.js';

/** A chunk that is on its way. */
interface PendingChunk {
  readonly promise: Promise<Uint8Array>;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** What a {@link ChunkFetch} tells. */
export interface ChunkFetchEvents {
  /** A chunk has come. */
  readonly onChunk: (index: number, bytes: Uint8Array) => void;
  /** It has failed, or nobody waits for it any more: these chunks will not come. */
  readonly onEnd: (missing: readonly number[]) => void;
}

/**
 * One range read of neighbouring chunks, which may have several readers. Each chunk is given out as soon as it is whole.
 * When the last reader has left, the read is given up.
 */
export class ChunkFetch {
  readonly #chunks = new Map<number, PendingChunk>();
  readonly #readers = new Set<object>();
  readonly #controller = new AbortController();
  readonly #events: ChunkFetchEvents;

  /**
   * @param source - a seekable source of known size.
   * @param chunkBytes - size of a chunk; the source's last may be smaller.
   * @param first - index of the first chunk.
   * @param last - index of the last chunk.
   */
  constructor(source: Source, chunkBytes: number, first: number, last: number, events: ChunkFetchEvents) {
    this.#events = events;
    for (let index = first; index <= last; index++) this.#chunks.set(index, createPending());
    void this.#run(source, chunkBytes, first).then(
      () => this.#end(new SourceError(`${source.name} became shorter while it was read.`)),
      (error: unknown) => this.#end(error),
    );
  }

  /** Waits for a chunk of those that have not come yet. */
  chunk(index: number): Promise<Uint8Array> | undefined {
    return this.#chunks.get(index)?.promise;
  }

  /** A reader takes part. */
  join(reader: object): void {
    this.#readers.add(reader);
  }

  /** A reader has no more interest. */
  leave(reader: object): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.abort(new DOMException('Nobody reads any more.', 'AbortError'));
  }

  /** Gives the read up. */
  abort(reason: unknown): void {
    if (this.#chunks.size === 0) return;
    this.#controller.abort(reason);
    this.#end(reason);
  }

  async #run(source: Source, chunkBytes: number, first: number): Promise<void> {
    const size = source.size!;
    const offset = first * chunkBytes;
    const end = Math.min(offset + this.#chunks.size * chunkBytes, size);
    const { signal } = this.#controller;
    let index = first;
    let chunk = new Uint8Array(Math.min(chunkBytes, end - offset));
    let filled = 0;
    for await (const bytes of source.stream(offset, { signal, end })) {
      for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + chunk.length - filled);
        chunk.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < chunk.length) break;
        this.#deliver(index, chunk);
        if (this.#chunks.size === 0) return;
        index++;
        chunk = new Uint8Array(Math.min(chunkBytes, end - index * chunkBytes));
        filled = 0;
      }
    }
  }

  #deliver(index: number, bytes: Uint8Array): void {
    const pending = this.#chunks.get(index);
    if (pending === undefined) return;
    this.#chunks.delete(index);
    this.#events.onChunk(index, bytes);
    pending.resolve(bytes);
  }

  /** Tells of the chunks that will not come; of none, when all have. */
  #end(reason: unknown): void {
    const missing = [...this.#chunks];
    this.#chunks.clear();
    this.#events.onEnd(missing.map(([index]) => index));
    for (const [, { reject }] of missing) reject(reason);
  }
}

function createPending(): PendingChunk {
  let settle: Omit<PendingChunk, 'promise'> | undefined;
  const promise = new Promise<Uint8Array>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Nobody may be waiting when it fails.
  promise.catch(() => undefined);
  return { promise, ...settle! };
}
