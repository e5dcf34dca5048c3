import { OverloadedError } from '../errors.js';
import type { HeldBytes } from './held-bytes.js';
import { WorkLane, type LaneLimits, type LanePiece, type LaneStats } from './work-lane.js';

/** Kinds of work, by what they use; each has places of its own. */
const KINDS = ['open', 'copy', 'fetch', 'encode'] as const;

/**
 * `open` reads heads and indexes; `copy` waits for the disk; `fetch` is both of what is elsewhere, and waits for its server;
 * `encode` keeps an engine busy.
 */
export type WorkKind = (typeof KINDS)[number];

/** What a {@link Scheduler} stands on. */
export interface SchedulerOptions {
  /** How much of each kind runs and waits. */
  readonly limits: Readonly<Record<WorkKind, LaneLimits>>;
  /** What is being made and sent; nothing is begun that would exceed it. */
  readonly memory: HeldBytes;
  /** Whether there is capacity, outside the scheduler's sight, for what nobody waits for; always, when absent. */
  readonly hasSpare?: ((kind: WorkKind) => boolean) | undefined;
  /** The time in milliseconds; the system's monotonic clock when absent. */
  readonly now?: (() => number) | undefined;
}

/** A piece of work, as far as the order of its doing goes. */
export interface WorkOrder extends LanePiece {
  /** What it uses. */
  readonly kind: WorkKind;
  /** False where the time that it takes says nothing of how long others of its kind do; true when absent. */
  readonly isTypical?: boolean | undefined;
}

/** About the time in which the client of a full server reads a segment, in seconds. */
const MEMORY_RETRY_SECONDS = 5;

/** Above this share of the memory nothing is made ahead. */
const SPARE_LOAD = 0.5;

/**
 * Decides what is done next. What viewers wait for comes first, and viewers take turns; what is made ahead is done only
 * where nobody waits, and gives way. Each kind of work has its own places, and the bytes that are
 * made and held have one limit for all.
 */
export class Scheduler {
  /** What is being made and sent. */
  readonly memory: HeldBytes;
  readonly #lanes: Readonly<Record<WorkKind, WorkLane>>;
  readonly #now: () => number;

  /** @param options - limits, memory and clock. */
  constructor({ limits, memory, hasSpare, now = () => performance.now() }: SchedulerOptions) {
    this.memory = memory;
    this.#now = now;
    const laneOf = (kind: WorkKind): WorkLane =>
      new WorkLane(limits[kind], {
        fits: (bytes) => memory.fits(bytes),
        reserve: (bytes) => memory.reserve(bytes),
        hasSpare: () => memory.load < SPARE_LOAD && (hasSpare?.(kind) ?? true),
        now,
      });
    this.#lanes = {
      open: laneOf('open'),
      copy: laneOf('copy'),
      fetch: laneOf('fetch'),
      encode: laneOf('encode'),
    };
    memory.onRelease(() => this.lookAgain());
  }

  /** The time of its clock, in milliseconds. */
  get nowMs(): number {
    return this.#now();
  }

  /** What runs and waits. */
  get stats(): Readonly<Record<WorkKind, LaneStats>> {
    const { open, copy, fetch, encode } = this.#lanes;
    return { open: open.stats, copy: copy.stats, fetch: fetch.stats, encode: encode.stats };
  }

  /**
   * Does a piece of work when its turn comes.
   * @param order - what it is.
   * @param work - does it; minds the signal by itself.
   * @param signal - ends the waiting.
   * @throws {OverloadedError} at once when too much of its kind waits already, for all or for this viewer; its context
   * has `retryAfterSeconds`. What the work throws, and the signal's reason.
   */
  async run<T>(order: WorkOrder, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lane = this.#lanes[order.kind];
    using _place = await lane.enter(order, signal);
    signal?.throwIfAborted();
    const begunAt = this.#now();
    const made = await work();
    if (order.isTypical !== false) lane.learn(this.#now() - begunAt);
    return made;
  }

  /** Begins what may begin now that there is capacity outside of its sight. */
  lookAgain(): void {
    for (const kind of KINDS) this.#lanes[kind].dispatch();
  }

  /**
   * Makes sure that one more object may be held.
   * @throws {OverloadedError} when it may not; its context has `retryAfterSeconds`.
   */
  checkMemory(): void {
    if (!this.memory.isFull) return;
    throw new OverloadedError('The server holds as much for its clients as it may; try again later.', {
      context: { retryAfterSeconds: MEMORY_RETRY_SECONDS },
    });
  }
}
