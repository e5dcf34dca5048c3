import type { IncomingMessage, ServerResponse } from 'node:http';
import pino, { type Logger } from 'pino';
import { createDelivery, type DeliveryOptions } from '../delivery/create-delivery.js';
import type { MediaSubject } from '../delivery/media-shelf.js';
import { MemorySegmentStore } from '../delivery/memory-segment-store.js';
import type { SegmentStore } from '../delivery/segment-store.js';
import { SourceShelf } from '../delivery/source-shelf.js';
import { ChunkStore } from '../io/chunk-store.js';
import type { ReadOptions, Source } from '../media/source.js';
import { describeMedia } from '../pipelines/describe.js';
import { streamTranscodeUniversal } from '../pipelines/universal.js';
import { buildServer } from './app.js';
import type { MediaFinder } from './media-finder.js';
import { subjectOnShelf } from './library-subject.js';
import { notFound } from './reference.js';

/** Options of {@link createMediaHandler}. */
export interface MediaHandlerOptions {
  /** Decodes and encodes: `createEnginePool()`; not owned. */
  readonly engine: DeliveryOptions['engine'];
  /**
   * Opens what an address names. Asked for each request, and so cheap: a file is opened in a fraction of a millisecond, and its
   * identity, by which segments are kept, is that of what it holds now. The handler closes it.
   * @returns undefined where there is no such thing, which is answered with 404. What it throws is answered as what it is.
   */
  readonly open: (id: string, options: ReadOptions) => Promise<Source | undefined>;
  /** The sources are elsewhere: each stays open between requests, and is asked every few seconds whether it has changed. */
  readonly isRemote?: boolean | undefined;
  /** Keeps what was made; not owned. 256 MiB of memory by default. */
  readonly store?: SegmentStore | undefined;
  /** Origins whose pages may read what is served, as browsers name them; `*` for all. None by default. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Bytes that may be read of a source that is not local, to find the keyframes that no index tells; 64 MiB by default. */
  readonly scanBytes?: number | undefined;
  /** How many continuous streams are sent at a time; 64 by default. */
  readonly maxStreams?: number | undefined;
  /** Takes records of requests and failures; they go nowhere by default. */
  readonly log?: Logger | undefined;
}

/** Answers requests of an HTTP server that is somebody else's. Disposing of it ends all work and waits for it. */
export interface MediaHandler extends AsyncDisposable {
  /**
   * Answers one request: `/m/<id>/master.m3u8` and what it names, `/m/<id>/stream.mp4`, `/m/<id>/info.json`; the rest with
   * 404. An id is whatever `open` takes, percent-encoded.
   * @param request - its `url` without the path that the handler is mounted at; who may ask was decided before.
   * @param response - written, ended, and broken off where what was begun cannot be completed. What wraps its `write` is done
   *   with a chunk when it calls back: others come into the same memory.
   */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

const DEFAULT_CACHE_BYTES = 256 << 20;
/** Remote sources that are kept open, and what was read of them. */
const REMOTE = { maxOpen: 64, idleMs: 60_000, freshMs: 5000, lingerMs: 60_000 };
const REMOTE_CACHE_BYTES = 64 << 20;

/**
 * Makes what serves media as part of an app: the same routes as those of `segmint serve`, but for the library and the page.
 * @param options - where media come from, and what makes them playable.
 */
export async function createMediaHandler(options: MediaHandlerOptions): Promise<MediaHandler> {
  const {
    engine,
    corsOrigins = [],
    maxStreams,
    scanBytes,
    store = new MemorySegmentStore(DEFAULT_CACHE_BYTES),
  } = options;
  const log = options.log ?? pino({ level: 'silent' });
  const shelf = new SourceShelf(REMOTE, new ChunkStore(REMOTE_CACHE_BYTES));
  const onStoreError = (error: unknown): void => log.warn({ err: error }, 'segment store failed');
  const delivery = createDelivery({ engine, store, prefetch: true, scanBytes, onStoreError });
  const app = await buildServer({
    library: new OwnFinder(options, shelf),
    media: {
      stream: (source, wanted) => streamTranscodeUniversal(source, { ...wanted, engine }),
      describe: (source, wanted) => describeMedia(source, { ...wanted, engine }),
    },
    segments: delivery.segments,
    stills: delivery.stills,
    store,
    corsOrigins,
    maxStreams,
    log,
  });
  await app.ready();
  return {
    handle: (request, response) => app.routing(request, response),
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await delivery[Symbol.asyncDispose]();
      await shelf[Symbol.asyncDispose]();
    },
  };
}

/** Finds media by the ids that an app has for them. */
class OwnFinder implements MediaFinder {
  readonly #options: MediaHandlerOptions;
  readonly #shelf: SourceShelf;

  constructor(options: MediaHandlerOptions, shelf: SourceShelf) {
    this.#options = options;
    this.#shelf = shelf;
  }

  resolve(id: string): ReturnType<MediaFinder['resolve']> {
    const open = async (how: ReadOptions): Promise<Source> => {
      const source = await this.#options.open(id, how);
      if (source === undefined) throw notFound();
      return source;
    };
    const subject: MediaSubject =
      this.#options.isRemote === true
        ? subjectOnShelf(this.#shelf, id, open)
        : { name: id, open: (signal) => open(signal === undefined ? {} : { signal }) };
    return Promise.resolve({ name: id, ref: id, subject });
  }

  find(): ReturnType<MediaFinder['find']> {
    return Promise.reject(notFound());
  }
}
