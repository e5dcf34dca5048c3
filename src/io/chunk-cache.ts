import type { ReadOptions, Source, StreamOptions } from '../media/source.js';
import { SourceError } from '../errors.js';
import { abortable } from './abortable.js';
import { ChunkFetch } from './chunk-fetch.js';
import { ChunkStore, type ChunkShelf } from './chunk-store.js';

/** Options of {@link cacheChunks}. */
export interface ChunkCacheOptions {
  /**
   * Where chunks are kept, within one bound for all sources that share it; the source has 64 MiB of its own when absent.
   * What readers hold, and what is on its way, comes on top.
   */
  readonly store?: ChunkStore | undefined;
  /** Bytes of a chunk; 256 KiB by default. */
  readonly chunkBytes?: number | undefined;
}

const DEFAULT_MAX_BYTES = 64 << 20;
const DEFAULT_CHUNK_BYTES = 256 << 10;
/** Bytes of one request, and what a stream is ahead of its reader at most. */
const LARGEST_FETCH = 4 << 20;
/** Bytes that a stream from the beginning asks for at once. */
const HEAD_BYTES = 1 << 20;

/**
 * Keeps what was read of a source, for all that read it after: renditions of one source lie interleaved in it, and each
 * reads the same bytes for a part of them.
 *
 * The source is read in aligned chunks, of which the least recently used are let go. Readers that want the same chunk at
 * the same time share one request; it is given up when the last of them has left. Neighbouring chunks are asked for
 * together, as far as a read or a stream's `end` reaches; without an `end`, a stream is read ahead of only when
 * it goes on and on. An error is told to those that wait, and not kept.
 * @param source - a source; one that is not seekable, has no known size or is cached already is given back as it is.
 * Closing what is returned closes it.
 * @returns a source whose streams take no memory of their reader's, and that must be closed in the source's stead.
 */
export function cacheChunks(source: Source, options: ChunkCacheOptions = {}): Source {
  const isOfUse = source.seekable && source.isCached !== true;
  return isOfUse && source.size !== undefined ? new CachedSource(source, source.size, options) : source;
}

/** One that reads: a call of `read`, or a stream. */
class Reader {
  readonly #fetches = new Set<ChunkFetch>();

  join(fetch: ChunkFetch): void {
    this.#fetches.add(fetch);
    fetch.join(this);
  }

  leave(): void {
    for (const fetch of this.#fetches) fetch.leave(this);
    this.#fetches.clear();
  }
}

class CachedSource implements Source {
  readonly name: string;
  readonly size: number;
  readonly seekable = true;
  readonly identity: string | undefined;
  readonly isLocal: boolean | undefined;
  readonly isCached = true;
  readonly #source: Source;
  readonly #chunkBytes: number;
  /** Chunks that have come. */
  readonly #kept: ChunkShelf;
  /** Requests under way, by the chunks that they have yet to bring. */
  readonly #fetches = new Map<number, ChunkFetch>();
  #isClosed = false;

  constructor(source: Source, size: number, options: ChunkCacheOptions) {
    this.#source = source;
    this.name = source.name;
    this.size = size;
    this.identity = source.identity;
    this.isLocal = source.isLocal;
    this.#chunkBytes = options.chunkBytes ?? DEFAULT_CHUNK_BYTES;
    this.#kept = (options.store ?? new ChunkStore(DEFAULT_MAX_BYTES)).openShelf();
  }

  async *stream(offset: number, options: StreamOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    this.#checkOpen(options.signal);
    const most = Math.max(1, Math.floor(LARGEST_FETCH / this.#chunkBytes));
    const wantedEnd = this.#chunksTo(options.end ?? 0);
    const sourceEnd = this.#chunksTo(this.size);
    const reader = new Reader();
    const first = Math.floor(offset / this.#chunkBytes);
    // The head of a file is read for what follows it too: its first samples.
    const begin = offset === 0 ? Math.max(1, Math.floor(HEAD_BYTES / this.#chunkBytes)) : 1;
    /** The chunk up to which the reader is thought to read, and how many more it is thought to want when it does. */
    let horizon = wantedEnd > first ? wantedEnd : first + begin;
    let step = wantedEnd > first ? 1 : Math.max(2, begin);
    try {
      for (let index = first; index < sourceEnd; index++) {
        // Who comes to the last chunk that was thought of goes on; of one alone, or of an announced end, nothing follows.
        const isAtLast = index + 1 === horizon && index > first && index >= wantedEnd;
        if (index >= horizon || isAtLast) {
          horizon += step;
          step = Math.min(2 * step, most);
        }
        const end = Math.min(sourceEnd, horizon);
        const waiting = this.#chunk(index, Math.min(end, index + most), reader);
        // The next request is made before the last one is used up.
        this.#fetchNext(
          index + 1,
          Math.min(end, index + 1 + most / 2),
          Math.min(end, index + 1 + most),
          reader,
        );
        const bytes = await abortable(waiting, options.signal);
        const start = Math.max(0, offset - index * this.#chunkBytes);
        if (start < bytes.length) yield start === 0 ? bytes : bytes.subarray(start);
        this.#checkOpen(options.signal);
      }
    } finally {
      reader.leave();
    }
  }

  async read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    this.#checkOpen(options.signal);
    const end = Math.min(offset + length, this.size);
    if (end <= offset) return new Uint8Array(0);
    const first = Math.floor(offset / this.#chunkBytes);
    const last = this.#chunksTo(end);
    const reader = new Reader();
    try {
      const chunks: Promise<Uint8Array>[] = [];
      for (let index = first; index < last; index++) chunks.push(this.#chunk(index, last, reader));
      const start = offset - first * this.#chunkBytes;
      return joinChunks(await abortable(Promise.all(chunks), options.signal), start, end - offset);
    } finally {
      reader.leave();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#kept.close();
    for (const fetch of new Set(this.#fetches.values())) fetch.abort(this.#closedError());
    await this.#source[Symbol.asyncDispose]();
  }

  /** Number of chunks up to an offset. */
  #chunksTo(offset: number): number {
    return Math.ceil(Math.min(offset, this.size) / this.#chunkBytes);
  }

  /** Gives a chunk; when it is not there, it is asked for together with those missing behind it, up to `end`. */
  #chunk(index: number, end: number, reader: Reader): Promise<Uint8Array> {
    const kept = this.#kept.get(index);
    if (kept !== undefined) return Promise.resolve(kept);
    const fetch = this.#fetches.get(index) ?? this.#fetch(index, end);
    reader.join(fetch);
    return fetch.chunk(index)!;
  }

  /** Asks for the first chunk that is missing before `before`, with those behind it up to `end`. */
  #fetchNext(from: number, before: number, end: number, reader: Reader): void {
    for (let index = from; index < before; index++) {
      if (this.#kept.has(index)) continue;
      const fetch = this.#fetches.get(index);
      if (fetch === undefined) {
        reader.join(this.#fetch(index, end));
        return;
      }
      reader.join(fetch);
    }
  }

  #fetch(first: number, end: number): ChunkFetch {
    let last = first;
    while (last + 1 < end && !this.#kept.has(last + 1) && !this.#fetches.has(last + 1)) last++;
    const fetch = new ChunkFetch(this.#source, this.#chunkBytes, first, last, {
      onChunk: (index, bytes) => {
        this.#fetches.delete(index);
        this.#kept.put(index, bytes);
      },
      onEnd: (missing) => {
        for (const index of missing) this.#fetches.delete(index);
      },
    });
    for (let index = first; index <= last; index++) this.#fetches.set(index, fetch);
    return fetch;
  }

  #checkOpen(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#isClosed) throw this.#closedError();
  }

  #closedError(): SourceError {
    return new SourceError(`${this.name} was read after it was closed.`);
  }
}

/** Gives a part of neighbouring chunks: a view where it lies in one. */
function joinChunks(chunks: readonly Uint8Array[], start: number, length: number): Uint8Array {
  const first = chunks[0]!;
  if (start + length <= first.length) return first.subarray(start, start + length);
  const joined = new Uint8Array(length);
  let filled = 0;
  for (const [i, chunk] of chunks.entries()) {
    const part = chunk.subarray(i === 0 ? start : 0, (i === 0 ? start : 0) + length - filled);
    joined.set(part, filled);
    filled += part.length;
  }
  return joined;
}
