import { AsyncLocalStorage } from 'node:async_hooks';
import type { EnginePool } from '../engine/pool.js';
import type { ChunkMemory, ReadOptions, Source, StreamOptions } from '../media/source.js';

/** What a piece of work has used. */
export interface WorkUse {
  /** Bytes that were read of the source. A file that libavformat reads by itself is not counted. */
  readonly sourceBytes: number;
  /** Milliseconds in which something was being read. */
  readonly readingMs: number;
  /** Milliseconds in which engines had a job of it, waiting for one included. */
  readonly transcodingMs: number;
}

/** Time in which at least one of several things goes on. */
class Stopwatch {
  totalMs = 0;
  #running = 0;
  #since = 0;

  begin(): void {
    if (this.#running++ === 0) this.#since = performance.now();
  }

  end(): void {
    if (--this.#running === 0) this.totalMs += performance.now() - this.#since;
  }
}

class Tally {
  sourceBytes = 0;
  readonly reading = new Stopwatch();
  readonly transcoding = new Stopwatch();
  readonly memory: ChunkMemory | undefined;

  constructor(memory: ChunkMemory | undefined) {
    this.memory = memory;
  }
}

/**
 * Tells what each piece of work uses of sources and engines that are shared by many. What one piece reads for another
 * that waits for the same bytes is the first one's.
 */
export class WorkMeter {
  readonly #current = new AsyncLocalStorage<Tally>();

  /**
   * Does a piece of work, and tells what it used.
   * @param work - uses sources and engines of this meter.
   * @param memory - what streams of those sources are read into; new memory when absent.
   */
  async measure<T>(
    work: () => Promise<T>,
    memory?: ChunkMemory,
  ): Promise<{ readonly made: T; readonly use: WorkUse }> {
    const tally = new Tally(memory);
    const made = await this.#current.run(tally, work);
    const { sourceBytes, reading, transcoding } = tally;
    return {
      made,
      use: { sourceBytes, readingMs: reading.totalMs, transcodingMs: transcoding.totalMs },
    };
  }

  /**
   * Watches a source.
   * @param source - still the caller's to close; closing the watched one closes it too.
   */
  source(source: Source): Source {
    return new MeteredSource(source, () => this.#current.getStore());
  }

  /**
   * Watches engines.
   * @param pool - still the caller's to end.
   */
  engines(pool: EnginePool): EnginePool {
    const current = this.#current;
    return {
      get stats() {
        return pool.stats;
      },
      videoEncoders: pool.videoEncoders,
      ready: () => pool.ready(),
      remember: (key, ask) => pool.remember(key, ask),
      onSpare: (listener) => pool.onSpare(listener),
      run: async (request, options) => {
        const watch = current.getStore()?.transcoding;
        watch?.begin();
        try {
          return await pool.run(request, options);
        } finally {
          watch?.end();
        }
      },
      [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
    };
  }
}

/** A source whose reads are counted for the work in which they were begun. */
class MeteredSource implements Source {
  readonly name: string;
  readonly size: number | undefined;
  readonly seekable: boolean;
  readonly identity: string | undefined;
  readonly isLocal: boolean | undefined;
  readonly isCached: boolean | undefined;
  readonly path: string | undefined;
  readonly #source: Source;
  readonly #current: () => Tally | undefined;

  constructor(source: Source, current: () => Tally | undefined) {
    this.name = source.name;
    this.size = source.size;
    this.seekable = source.seekable;
    this.identity = source.identity;
    this.isLocal = source.isLocal;
    this.isCached = source.isCached;
    this.path = source.path;
    this.#source = source;
    this.#current = current;
  }

  stream(offset: number, options?: StreamOptions): AsyncIterable<Uint8Array> {
    const tally = this.#current();
    if (tally === undefined) return this.#source.stream(offset, options);
    return countChunks(this.#source.stream(offset, { memory: tally.memory, ...options }), tally);
  }

  async read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array> {
    const tally = this.#current();
    tally?.reading.begin();
    try {
      const bytes = await this.#source.read(offset, length, options);
      if (tally !== undefined) tally.sourceBytes += bytes.byteLength;
      return bytes;
    } finally {
      tally?.reading.end();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#source[Symbol.asyncDispose]());
  }
}

async function* countChunks(
  chunks: AsyncIterable<Uint8Array>,
  tally: Tally,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isReading = true;
  tally.reading.begin();
  try {
    for await (const chunk of chunks) {
      tally.reading.end();
      isReading = false;
      tally.sourceBytes += chunk.byteLength;
      yield chunk;
      tally.reading.begin();
      isReading = true;
    }
  } finally {
    if (isReading) tally.reading.end();
  }
}
