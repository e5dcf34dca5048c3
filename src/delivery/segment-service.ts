import { RequestError } from '../errors.js';
import type { SegmentBytes } from '../pipelines/segment/segmented-media.js';
import { digestIdentity } from '../pipelines/segment/source-version.js';
import {
  MediaShelf,
  type MediaLoan,
  type MediaShelfLimits,
  type MediaSubject,
  type OpenMedia,
} from './media-shelf.js';
import type { SegmentStore } from './segment-store.js';
import { SingleFlight } from './single-flight.js';
import { WorkQueue, type WorkQueueLimits } from './work-queue.js';

/** What a {@link SegmentService} is made of. */
export interface SegmentServiceOptions {
  /** Opens a source. */
  readonly open: OpenMedia;
  /** Keeps what was made; not closed by the service. */
  readonly store: SegmentStore;
  /** How many media stay open, and for how long. */
  readonly shelf: MediaShelfLimits;
  /** How many segments are made at a time, and how many may wait. */
  readonly making: WorkQueueLimits;
  /** Takes a failure of the store. It costs time only: the segment is made again. */
  readonly onStoreError?: (error: unknown) => void;
}

/** How a segment came about, for the log. */
export interface DeliveryRecord {
  /** `store`: it was there; `made`: it was not. */
  readonly origin: 'store' | 'made';
  /** Whether another request had begun the work. */
  readonly isShared: boolean;
  /** Milliseconds that the work waited for its turn. */
  readonly waitedMs: number;
  /** Milliseconds that the making took. */
  readonly madeMs: number;
  /** Bytes of the segment. */
  readonly bytes: number;
  /** What was not made as planned, in words for a person. */
  readonly remarks: readonly string[];
}

/** An init segment or a media segment, to be sent. */
export interface DeliveredSegment {
  /** Its bytes, one chunk after another; nobody writes into them. */
  readonly chunks: readonly Uint8Array[];
  /** Bytes of all chunks. */
  readonly byteLength: number;
  /** How it came about. */
  readonly record: DeliveryRecord;
}

/** Which object of a rendition: its init segment, or a segment by its number from 0. */
export type SegmentName = 'init' | number;

interface Order {
  readonly rendition: string;
  readonly name: SegmentName;
  /** Names its bytes; undefined where nothing does, and nothing may be kept or shared. */
  readonly key: string | undefined;
}

interface Made {
  readonly chunks: readonly Uint8Array[];
  readonly record: Omit<DeliveryRecord, 'isShared'>;
}

/**
 * Gives segments: from the store, or made once for all who ask at the same time, and kept. What fails is not kept, and
 * what was made while its source changed is neither kept nor given.
 */
export class SegmentService implements AsyncDisposable {
  readonly #store: SegmentStore;
  readonly #onStoreError: (error: unknown) => void;
  readonly #shelf: MediaShelf;
  readonly #queue: WorkQueue;
  readonly #flights = new SingleFlight<Made>();
  #unversionedOrders = 0;

  /** @param options - what it works with. */
  constructor(options: SegmentServiceOptions) {
    this.#store = options.store;
    this.#onStoreError = options.onStoreError ?? (() => undefined);
    this.#shelf = new MediaShelf(options.open, options.shelf);
    this.#queue = new WorkQueue(options.making);
  }

  /**
   * Opens a media, or takes one that is open.
   * @param subject - what to open.
   * @param signal - ends the waiting.
   * @returns the media, to be given back.
   * @throws what the source or its opening throws.
   */
  async borrow(subject: MediaSubject, signal?: AbortSignal): Promise<MediaLoan> {
    return await this.#shelf.borrow(subject, signal);
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
   * @throws {RequestError} `not_found` when there is no such thing, or the source changed meanwhile.
   * @throws {OverloadedError} when too many segments wait to be made.
   */
  async segment(
    loan: MediaLoan,
    rendition: string,
    name: SegmentName,
    signal?: AbortSignal,
  ): Promise<DeliveredSegment> {
    this.check(loan, rendition, name);
    const order: Order = { rendition, name, key: keyOf(loan, rendition, name) };
    const flightKey = order.key ?? `unversioned ${++this.#unversionedOrders}`;
    const isShared = this.#flights.has(flightKey);
    const work = async (working: AbortSignal): Promise<Made> => {
      // A loan of its own: whoever began it may leave while others wait.
      using own = loan.share();
      return (await this.#stored(order, working)) ?? (await this.#make(own, order, working));
    };
    const { chunks, record } = await this.#flights.run(flightKey, work, signal);
    return { chunks, byteLength: record.bytes, record: { ...record, isShared } };
  }

  /** Cancels all work and closes all media. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flights[Symbol.asyncDispose]();
    await this.#shelf[Symbol.asyncDispose]();
  }

  async #stored({ key }: Order, signal: AbortSignal): Promise<Made | undefined> {
    if (key === undefined) return undefined;
    try {
      const bytes = await this.#store.get(key, { signal });
      if (bytes === undefined) return undefined;
      const facts = { waitedMs: 0, madeMs: 0, bytes: bytes.byteLength, remarks: [] };
      return { chunks: [bytes], record: { origin: 'store', ...facts } };
    } catch (error) {
      signal.throwIfAborted();
      this.#onStoreError(error);
      return undefined;
    }
  }

  async #make(loan: MediaLoan, order: Order, signal: AbortSignal): Promise<Made> {
    const askedAt = performance.now();
    return await this.#queue.run(async () => {
      const begunAt = performance.now();
      const { chunks, byteLength, remarks } = await makeSegment(loan, order, signal);
      // A file that is written into in place keeps its handle: what was read may be of both versions.
      if (!(await loan.isCurrent(signal))) {
        throw new RequestError('The source has changed meanwhile: load its playlists again.', 'not_found');
      }
      const madeMs = roundMs(performance.now() - begunAt);
      await this.#keep(order, chunks);
      const record = { waitedMs: roundMs(begunAt - askedAt), madeMs, bytes: byteLength, remarks };
      return { chunks, record: { origin: 'made', ...record } };
    }, signal);
  }

  async #keep({ key }: Order, chunks: readonly Uint8Array[]): Promise<void> {
    if (key === undefined) return;
    try {
      await this.#store.put(key, chunks);
    } catch (error) {
      this.#onStoreError(error);
    }
  }
}

/**
 * Whether what is made of a media may be kept by anyone: its renditions then carry the version of the source in their
 * names.
 */
export function isVersioned({ identity, media }: MediaLoan): boolean {
  return identity !== undefined && media.version !== undefined;
}

async function makeSegment(
  { media }: MediaLoan,
  { rendition, name }: Order,
  signal: AbortSignal,
): Promise<SegmentBytes> {
  if (name === 'init') return await media.initSegment(rendition, { signal });
  return await media.segment(rendition, name, { signal });
}

/**
 * The name under which bytes are kept. The rendition's holds the version, but a short one; the identity keeps sources
 * apart for certain.
 */
function keyOf(loan: MediaLoan, rendition: string, name: SegmentName): string | undefined {
  if (loan.identity === undefined || !isVersioned(loan)) return undefined;
  return `${digestIdentity(loan.identity)}/${rendition}/${name}`;
}

/** To the microsecond, for the log. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
