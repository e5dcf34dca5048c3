import { Buffer } from 'node:buffer';
import { Redis, ReplyError } from 'ioredis';
import { SourceError } from '../errors.js';
import { abortable } from '../io/abortable.js';
import type { ReadOptions } from '../media/source.js';
import { Outage } from './outage.js';
import { lengthOf, openSealed, SEAL_BYTES, sealObject } from './sealed-object.js';
import type { SegmentStore } from './segment-store.js';

/** What a {@link RedisSegmentStore} is made of. */
export interface RedisSegmentStoreOptions {
  /** `redis://` or `rediss://`, with user, password and number of the database, or the path of a socket. */
  readonly url: string;
  /** Stands before each key. */
  readonly prefix?: string | undefined;
  /** How long an object is kept at most, in seconds; a week by default. */
  readonly maxAgeSeconds?: number | undefined;
  /** Objects above this are not kept, in bytes; 32 MiB by default. */
  readonly maxObjectBytes?: number | undefined;
  /** How long Redis may be silent while it is asked something, in milliseconds; one second by default. */
  readonly silenceMs?: number | undefined;
  /** Takes the first error of a time in which Redis cannot be asked, or keeps nothing. It costs time only. */
  readonly onOutage?: ((error: unknown) => void) | undefined;
}

const week = 7 * 24 * 3600;
const defaultObjectBytes = 32 << 20;
const defaultSilenceMs = 1000;
const longestPauseMs = 2000;
/** How long nothing is written to a Redis that took nothing, being full or read-only. */
const writeRetryMs = 15_000;
/** A connection that is lost is known to be: the next may ask as soon as there is another. */
const readRetryMs = 1000;

/**
 * Keeps objects in Redis or Valkey, which drops what is old by rules of its own. While Redis cannot be reached nothing is
 * kept or found, and nobody waits for it; the connection comes back by itself. An object is checked when it is read.
 */
export class RedisSegmentStore implements SegmentStore {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #maxAgeSeconds: number;
  readonly #maxObjectBytes: number;
  readonly #reads: Outage;
  readonly #writes: Outage;
  #isClosed = false;

  /** @param options - where Redis is, and limits. The connection is made in the background. */
  constructor(options: RedisSegmentStoreOptions) {
    const onBegin = options.onOutage ?? (() => undefined);
    this.#prefix = options.prefix ?? 'segmint:';
    this.#maxAgeSeconds = options.maxAgeSeconds ?? week;
    this.#maxObjectBytes = options.maxObjectBytes ?? defaultObjectBytes;
    this.#reads = new Outage({ retryMs: readRetryMs, onBegin });
    this.#writes = new Outage({ retryMs: writeRetryMs, onBegin });
    this.#redis = new Redis(options.url, {
      connectionName: 'segmint',
      // What cannot be asked now is made instead: nothing waits for a connection, and nothing is asked again.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 5000,
      // Ends connections to a Redis that hangs or is gone without a word; a large object only has to keep coming.
      socketTimeout: options.silenceMs ?? defaultSilenceMs,
      retryStrategy: (attempt) => Math.min(attempt * 100, longestPauseMs),
    });
    this.#redis.on('error', (error: unknown) => this.#reads.failed(error));
    // One that ends while nothing is asked comes without an error.
    this.#redis.on('close', () => this.#failed(new SourceError('The connection to Redis is lost.')));
    this.#redis.on('ready', () => this.#reads.succeeded());
  }

  /** Gives an object; see {@link SegmentStore.get}. */
  async get(key: string, { signal }: ReadOptions = {}): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted();
    if (!this.#isReady()) return undefined;
    try {
      const sealed = await abortable(this.#redis.getBuffer(this.#prefix + key), signal);
      this.#reads.succeeded();
      if (sealed === null) return undefined;
      const object = await openSealed(key, sealed);
      if (object === undefined) await this.#redis.del(this.#prefix + key);
      return object;
    } catch (error) {
      signal?.throwIfAborted();
      this.#failed(error);
      return undefined;
    }
  }

  /** Keeps an object that is not too large; see {@link SegmentStore.put}. */
  async put(key: string, chunks: readonly Uint8Array[]): Promise<undefined> {
    const bytes = lengthOf(chunks);
    if (bytes > this.#maxObjectBytes || !this.#isReady() || !this.#writes.mayTry()) return undefined;
    try {
      const sealed = Buffer.concat([await sealObject(key, chunks), ...chunks], SEAL_BYTES + bytes);
      await this.#redis.set(this.#prefix + key, sealed, 'EX', this.#maxAgeSeconds);
      this.#writes.succeeded();
    } catch (error) {
      this.#failed(error);
    }
    return undefined;
  }

  /** Closes the connection; what was kept stays. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#redis.disconnect();
    return Promise.resolve();
  }

  #isReady(): boolean {
    return !this.#isClosed && this.#redis.status === 'ready' && this.#reads.mayTry();
  }

  /** What Redis answers with is about writing: it is full, or a replica. All else is about the connection. */
  #failed(error: unknown): void {
    if (!this.#isClosed) (error instanceof ReplyError ? this.#writes : this.#reads).failed(error);
  }
}
