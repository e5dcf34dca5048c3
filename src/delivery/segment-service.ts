import { RequestError } from '../errors.js';
import { ReadMemoryPool } from '../io/read-memory.js';
import { TARGET_SECONDS } from '../pipelines/segment/make-plan.js';
import type { DeliveredSegment, DeliveryRecord, PrefetchStats } from './delivery-record.js';
import { Demand } from './demand.js';
import type { LentObject } from './lent-object.js';
import { MadeAhead } from './made-ahead.js';
import {
  MediaShelf,
  type MediaLoan,
  type MediaShelfLimits,
  type MediaSubject,
  type OpenMedia,
} from './media-shelf.js';
import { Prefetcher, type Watched, type Wish } from './prefetcher.js';
import type { Scheduler } from './scheduler.js';
import { makeOrdered, orderOf, watchedBy, type SegmentName, type SegmentOrder } from './segment-order.js';
import { SegmentSizes } from './segment-sizes.js';
import { borrowFrom, keepIn, type SegmentStore } from './segment-store.js';
import { SingleFlight } from './single-flight.js';
import { WorkMeter, type WorkUse } from './work-meter.js';

/** What a {@link SegmentService} is made of. */
export interface SegmentServiceOptions {
  /** Opens a source. */
  readonly open: OpenMedia;
  /** Keeps what was made; not closed by the service. */
  readonly store: SegmentStore;
  /** How many media stay open, and for how long. */
  readonly shelf: MediaShelfLimits;
  /** Says what is made when. */
  readonly scheduler: Scheduler;
  /** Tells what each segment costs; without one, and without engines of it, that of engines is not known. */
  readonly meter?: WorkMeter | undefined;
  /** Whether segments are made before players ask for them; true by default. Of no use where the store keeps nothing. */
  readonly prefetch?: boolean | undefined;
  /** Takes a failure of the store. It costs time only: the segment is made again. */
  readonly onStoreError?: (error: unknown) => void;
}

interface Made {
  readonly chunks: readonly Uint8Array[];
  /** The store's, whose chunks they are; given back when all who wait have loans of their own. */
  readonly lent?: LentObject | undefined;
  readonly record: Omit<DeliveryRecord, 'isShared' | 'isPrefetched'>;
}

/** Work that is under way, and who waits for it. */
interface Making {
  readonly order: SegmentOrder;
  readonly demand: Demand;
  /** When it is too late to begin it, unless a viewer waits. */
  readonly expiresAt?: number;
}

/** A player that buffers well asks once a segment; after two it has stopped, or will have what it needs in time. */
const PREFETCH_LIFETIME_MS = 2 * TARGET_SECONDS * 1000;

/** Segments on order at a time: more than all engines make before the first of them is too late. */
const MAX_WISHES = 64;

/** Memory for reading that is kept between segments: those that are copied side by side on a machine of a few cores. */
const MAX_READ_MEMORY = 24 << 20;

/**
 * Gives segments: from the store, or made once for all who ask at the same time, and kept. What fails is not kept, and
 * what was made while its source changed is neither kept nor given.
 */
export class SegmentService implements AsyncDisposable {
  readonly #store: SegmentStore;
  readonly #onStoreError: (error: unknown) => void;
  readonly #shelf: MediaShelf;
  readonly #scheduler: Scheduler;
  readonly #meter: WorkMeter;
  readonly #prefetcher: Prefetcher;
  readonly #isPrefetching: boolean;
  readonly #flights = new SingleFlight<Made>();
  /** Who waits for what is under way, by its key. */
  readonly #demands = new Map<string, Demand>();
  readonly #sizes = new SegmentSizes();
  readonly #readMemory = new ReadMemoryPool(MAX_READ_MEMORY);
  readonly #ahead = new MadeAhead();
  #unversionedOrders = 0;

  /** @param options - what it works with. */
  constructor(options: SegmentServiceOptions) {
    this.#store = options.store;
    this.#onStoreError = options.onStoreError ?? (() => undefined);
    const { scheduler, meter = new WorkMeter(), open } = options;
    this.#scheduler = scheduler;
    this.#meter = meter;
    this.#shelf = new MediaShelf((source, how) => open(meter.source(source), how), options.shelf, scheduler);
    this.#isPrefetching = options.prefetch ?? true;
    this.#prefetcher = new Prefetcher({
      lifetimeMs: PREFETCH_LIFETIME_MS,
      maxWishes: MAX_WISHES,
      now: () => scheduler.nowMs,
    });
  }

  /** What was made before anybody asked for it, and whether that was of use. */
  get prefetchStats(): PrefetchStats {
    return this.#ahead.stats;
  }

  /**
   * Opens a media, or takes one that is open.
   * @param subject - what to open.
   * @param signal - ends the waiting.
   * @param viewer - who asks, as far as taking turns goes; all who are not named are one.
   * @returns the media, to be given back.
   * @throws what the source or its opening throws; {@link OverloadedError} when too many wait to be opened.
   */
  async borrow(subject: MediaSubject, signal?: AbortSignal, viewer?: string): Promise<MediaLoan> {
    return await this.#shelf.borrow(subject, signal, viewer);
  }

  /**
   * Makes sure that a media has a rendition, and a segment. Costs nothing.
   * @param loan - the media.
   * @param rendition - its id.
   * @param name - which of its objects.
   * @throws {RequestError} `not_found` when it has not, or had it before its source changed.
   */
  check({ media }: MediaLoan, rendition: string, name: SegmentName = 'init'): void {
    const count = media.segmentCount(rendition);
    if (name === 'init' || (Number.isSafeInteger(name) && name >= 0 && name < count)) return;
    throw new RequestError(`The rendition ${rendition} has ${count} segments, numbered from 0.`, 'not_found');
  }

  /**
   * Gives an init segment or a media segment.
   * @param loan - the media; still the caller's to give back.
   * @param rendition - its id.
   * @param name - which of its objects.
   * @param signal - ends the waiting, and the work when nobody else waits for it.
   * @returns the segment, to be given back or disposed of when it has been sent.
   * @throws {RequestError} `not_found` when there is no such thing, or the source changed meanwhile.
   * @throws {OverloadedError} when too many segments wait to be made, or too much is held for clients.
   */
  async segment(
    loan: MediaLoan,
    rendition: string,
    name: SegmentName,
    signal?: AbortSignal,
  ): Promise<DeliveredSegment> {
    this.check(loan, rendition, name);
    const order = orderOf(loan, rendition, name);
    const flightKey = order.key ?? `unversioned ${++this.#unversionedOrders}`;
    const isShared = this.#flights.has(flightKey);
    const demand = (isShared ? this.#demands.get(flightKey) : undefined) ?? new Demand(loan.viewer);
    using _joined = demand.join(loan.viewer);
    const isPrefetched = this.#ahead.claim(flightKey);
    const making = this.#fly(flightKey, loan, { order, demand }, signal);
    const watched = name === 'init' || !this.#isPrefetching ? undefined : watchedBy(loan, order, name);
    if (watched !== undefined) this.#prefetcher.follow(watched, (wish) => this.#wish(loan, rendition, wish));
    const { chunks, lent, record } = await this.#minding(making, watched, signal);
    if (isPrefetched) this.#ahead.noteUse();
    const held = this.#scheduler.memory.hold(chunks, record.bytes);
    const own = lent?.share();
    return {
      chunks,
      byteLength: record.bytes,
      record: { ...record, isShared, isPrefetched },
      giveBack: () => {
        held[Symbol.dispose]();
        own?.giveBack();
      },
      [Symbol.dispose]: () => held[Symbol.dispose](),
    };
  }

  /** Cancels all work and closes all media. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flights[Symbol.asyncDispose]();
    await this.#shelf[Symbol.asyncDispose]();
  }

  /** Joins the work for an object, or begins it. */
  #fly(key: string, loan: MediaLoan, making: Making, signal: AbortSignal | undefined): Promise<Made> {
    const { order, demand } = making;
    const work = async (working: AbortSignal): Promise<Made> => {
      this.#demands.set(key, demand);
      // A loan of its own: whoever began it may leave while others wait.
      using own = loan.share();
      try {
        this.#scheduler.checkMemory();
        return this.#lend((await this.#stored(order, working)) ?? (await this.#make(own, making, working)));
      } finally {
        if (this.#demands.get(key) === demand) this.#demands.delete(key);
      }
    };
    return this.#flights.run(key, work, signal);
  }

  /** A player that leaves before it has its segment wants none after it. */
  async #minding(
    making: Promise<Made>,
    watched: Watched | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Made> {
    try {
      return await making;
    } catch (error) {
      if (signal?.aborted === true && watched !== undefined) this.#prefetcher.leave(watched);
      throw error;
    }
  }

  #wish(loan: MediaLoan, rendition: string, wish: Wish): Promise<unknown> | undefined {
    const { number, demand, expiresAt, signal } = wish;
    const order = orderOf(loan, rendition, number);
    if (order.key === undefined || this.#flights.has(order.key)) return undefined;
    return this.#fly(order.key, loan, { order, demand, expiresAt }, signal);
  }

  async #stored({ key }: SegmentOrder, signal: AbortSignal): Promise<Made | undefined> {
    if (key === undefined) return undefined;
    try {
      const lent = await borrowFrom(this.#store, key, { signal });
      if (lent === undefined) return undefined;
      const facts = { waitedMs: 0, madeMs: 0, bytes: lent.byteLength, remarks: [] };
      const use = { sourceBytes: 0, readingMs: 0, transcodingMs: 0 };
      return { chunks: lent.chunks, lent, record: { origin: 'store', ...facts, ...use } };
    } catch (error) {
      signal.throwIfAborted();
      this.#onStoreError(error);
      return undefined;
    }
  }

  async #make(loan: MediaLoan, making: Making, signal: AbortSignal): Promise<Made> {
    const askedAt = performance.now();
    const { order, demand, expiresAt } = making;
    const { kind, rendition, type, name } = order;
    const bytes = name === 'init' ? 0 : this.#sizes.expect(rendition, type);
    const work = async (): Promise<Made> => {
      const begunAt = performance.now();
      if (!demand.isWanted && order.key !== undefined) this.#ahead.begin(order.key);
      // What an encoder asked of the source may last as long as the rendition.
      const memory = kind !== 'encode' && name !== 'init' ? this.#readMemory.open() : undefined;
      const { made, use } = await this.#meter.measure(() => makeOrdered(loan, order, signal), memory);
      // A file that is written into in place keeps its handle: what was read may be of both versions.
      if (!(await loan.isCurrent(signal))) {
        throw new RequestError('The source has changed meanwhile: load its playlists again.', 'not_found');
      }
      const madeMs = roundMs(performance.now() - begunAt);
      const lent = await this.#keep(order, made.chunks);
      if (lent !== undefined) memory?.release();
      if (name !== 'init') this.#sizes.learn(rendition, made.byteLength);
      const times = { waitedMs: roundMs(begunAt - askedAt), madeMs };
      const facts = { bytes: made.byteLength, remarks: made.remarks };
      const { chunks } = lent ?? made;
      return { chunks, lent, record: { origin: 'made', ...times, ...roundUse(use), ...facts } };
    };
    try {
      return await this.#scheduler.run({ kind, demand, bytes, expiresAt }, work, signal);
    } catch (error) {
      if (order.key !== undefined) this.#ahead.drop(order.key);
      throw error;
    }
  }

  /** Counts what was made until those who wait have taken it: they do so before the next turn of the event loop. */
  #lend(made: Made): Made {
    const held = this.#scheduler.memory.hold(made.chunks, made.record.bytes);
    setImmediate(() => {
      held[Symbol.dispose]();
      made.lent?.giveBack();
    });
    return made;
  }

  async #keep({ key }: SegmentOrder, chunks: readonly Uint8Array[]): Promise<LentObject | undefined> {
    if (key === undefined) return undefined;
    try {
      return await keepIn(this.#store, key, chunks);
    } catch (error) {
      this.#onStoreError(error);
      return undefined;
    }
  }
}

function roundUse({ sourceBytes, readingMs, transcodingMs }: WorkUse): WorkUse {
  return { sourceBytes, readingMs: roundMs(readingMs), transcodingMs: roundMs(transcodingMs) };
}

/** To the microsecond, for the log. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
