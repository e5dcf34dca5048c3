import { OverloadedError } from '../errors.js';
import type { Demand, DemandWatcher } from './demand.js';
import { FairQueue } from './fair-queue.js';

/** Limits of one kind of work. */
export interface LaneLimits {
  /** How many pieces run at a time; at least one. */
  readonly running: number;
  /** How many that viewers wait for may wait beside them. */
  readonly waiting: number;
  /** How many of those may be one viewer's; all, when absent. */
  readonly waitingPerViewer?: number | undefined;
  /** Fewer may wait when the last of them would wait for longer than this, in milliseconds; but as many as run. */
  readonly longestWaitMs?: number | undefined;
  /** How long one takes before any has been seen, in milliseconds. */
  readonly expectedMs: number;
}

/** What runs and waits in one lane. */
export interface LaneStats {
  /** Pieces that run. */
  readonly running: number;
  /** Of those, pieces that no viewer waits for. */
  readonly runningAhead: number;
  /** Pieces that wait and that viewers wait for. */
  readonly waiting: number;
  /** Pieces that wait to be made ahead. */
  readonly waitingAhead: number;
  /** How often one was refused. */
  readonly refused: number;
  /** How long a piece took lately, in milliseconds. */
  readonly meanMs: number;
}

/** What a lane shares with others. */
export interface LaneGate {
  /** Whether there is memory for so many bytes more. */
  fits(bytes: number): boolean;
  /** Takes that memory until the result is disposed of. */
  reserve(bytes: number): Disposable;
  /** Whether there is capacity for what nobody waits for. */
  hasSpare(): boolean;
  /** The time in milliseconds. */
  now(): number;
}

/** A piece of work, as far as the order of its doing goes. */
export interface LanePiece {
  /** Who waits for it. */
  readonly demand: Demand;
  /** How many bytes it will probably make. */
  readonly bytes: number;
  /** When it is of no more use, unless a viewer waits for it; in milliseconds of the gate's clock. */
  readonly expiresAt?: number | undefined;
}

interface Waiting extends LanePiece {
  readonly admit: (place: Disposable) => void;
}

/** Share of the newest time in the mean: the last ten or so count. */
const SMOOTHING = 0.2;

/** So many places at most are all used for what nobody waits for; of more, one stays free for the next viewer. */
const MOST_SHARED = 2;

/** No client is told to stay away for longer, in seconds. */
const MAX_RETRY_SECONDS = 30;

/** The places for one kind of work, and those who wait for one. */
export class WorkLane {
  readonly #limits: LaneLimits;
  readonly #gate: LaneGate;
  readonly #wanted = new FairQueue<Waiting>();
  readonly #ahead = new FairQueue<Waiting>();
  /** In the order of their beginning. */
  readonly #running = new Set<LanePiece>();
  readonly #givingWay = new WeakSet<LanePiece>();
  #meanMs: number;
  #refused = 0;

  /**
   * @param limits - of this kind of work.
   * @param gate - what it shares with others.
   */
  constructor(limits: LaneLimits, gate: LaneGate) {
    this.#limits = limits;
    this.#gate = gate;
    this.#meanMs = limits.expectedMs;
  }

  /** What runs and waits. */
  get stats(): LaneStats {
    return {
      running: this.#running.size,
      runningAhead: [...this.#running].filter(({ demand }) => !demand.isWanted).length,
      waiting: this.#wanted.size,
      waitingAhead: this.#ahead.size,
      refused: this.#refused,
      meanMs: this.#meanMs,
    };
  }

  /**
   * Waits for a place.
   * @param piece - what it is for.
   * @param signal - ends the waiting.
   * @returns gives the place back.
   * @throws {OverloadedError} at once when there is no room to wait; its context has `retryAfterSeconds`.
   */
  async enter(piece: LanePiece, signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    const { demand } = piece;
    if (this.#mayBegin(piece)) return this.#begin(piece);
    if (demand.isWanted) for (const viewer of demand.viewers) this.#checkRoom(viewer);
    return await new Promise<Disposable>((resolve, reject) => {
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort);
        demand.watcher = undefined;
      };
      const onAbort = (): void => {
        settle();
        this.#wanted.delete(waiting);
        this.#ahead.delete(waiting);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own.
        reject(signal?.reason);
        // Behind it there may be one that is smaller.
        this.dispatch();
      };
      const admit = (place: Disposable): void => {
        settle();
        resolve(place);
      };
      const waiting: Waiting = { ...piece, admit };
      signal?.addEventListener('abort', onAbort, { once: true });
      demand.watcher = this.#watch(waiting);
      this.#line(waiting);
    });
  }

  /** Takes the time that a piece took into account. */
  learn(ms: number): void {
    this.#meanMs += (ms - this.#meanMs) * SMOOTHING;
  }

  /** Begins what may begin now. */
  dispatch(): void {
    for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) {
      next.admit(this.#begin(next));
    }
  }

  #line(waiting: Waiting): void {
    const { demand } = waiting;
    if (!demand.isWanted) {
      this.#ahead.add(demand.wisher, waiting);
      return;
    }
    for (const viewer of demand.viewers) this.#wanted.add(viewer, waiting);
    this.#makeWay();
  }

  #watch(waiting: Waiting): DemandWatcher {
    return {
      joined: (viewer) => {
        if (this.#wanted.has(waiting)) {
          this.#wanted.add(viewer, waiting);
          return;
        }
        if (!this.#hasFreePlace(waiting)) this.#checkRoom(viewer);
        this.#ahead.delete(waiting);
        this.#wanted.add(viewer, waiting);
        this.dispatch();
        if (this.#wanted.has(waiting)) this.#makeWay();
      },
      left: (viewer) => {
        this.#wanted.leave(viewer, waiting);
        if (waiting.demand.isWanted) return;
        this.#ahead.add(waiting.demand.wisher, waiting);
        this.dispatch();
      },
    };
  }

  #mayBegin(piece: LanePiece): boolean {
    return piece.demand.isWanted ? this.#hasFreePlace(piece) : this.#hasIdlePlace(piece);
  }

  /** A place, and nobody who was there before. */
  #hasFreePlace({ bytes }: LanePiece): boolean {
    return this.#wanted.size === 0 && this.#running.size < this.#limits.running && this.#gate.fits(bytes);
  }

  /** One of the places for what nobody waits for. Where there are few, it takes all, and gives way. */
  #hasIdlePlace({ bytes }: LanePiece): boolean {
    const { running } = this.#limits;
    const places = running > MOST_SHARED ? running - 1 : running;
    if (this.#wanted.size > 0 || this.#running.size >= places) return false;
    return this.#gate.fits(bytes) && this.#gate.hasSpare();
  }

  #takeNext(): Waiting | undefined {
    const wanted = this.#wanted.peek();
    if (wanted !== undefined) {
      // One that is too large for now is not overtaken: it would never have its turn.
      const hasPlace = this.#running.size < this.#limits.running && this.#gate.fits(wanted.bytes);
      return hasPlace ? this.#wanted.take() : undefined;
    }
    for (let ahead = this.#ahead.peek(); ahead !== undefined; ahead = this.#ahead.peek()) {
      const isLate = ahead.expiresAt !== undefined && this.#gate.now() > ahead.expiresAt;
      if (!isLate) return this.#hasIdlePlace(ahead) ? this.#ahead.take() : undefined;
      this.#ahead.delete(ahead);
      ahead.demand.giveWay();
    }
    return undefined;
  }

  #begin(piece: LanePiece): Disposable {
    this.#running.add(piece);
    const reserved = this.#gate.reserve(piece.bytes);
    return {
      [Symbol.dispose]: () => {
        this.#running.delete(piece);
        reserved[Symbol.dispose]();
        this.dispatch();
      },
    };
  }

  /** Has the newest of what nobody waits for dropped: it has cost least so far. */
  #makeWay(): void {
    const idle = [...this.#running].filter((one) => !one.demand.isWanted && !this.#givingWay.has(one));
    const newest = idle.at(-1);
    if (newest === undefined || this.#running.size < this.#limits.running) return;
    this.#givingWay.add(newest);
    newest.demand.giveWay();
  }

  /** How many may wait at the pace of late. */
  get #room(): number {
    const { running, waiting, longestWaitMs = Infinity } = this.#limits;
    const inTime = Math.floor((longestWaitMs * running) / Math.max(1, this.#meanMs));
    return Math.min(waiting, Math.max(running, inTime));
  }

  #checkRoom(viewer: string): void {
    const { waitingPerViewer = Infinity } = this.#limits;
    if (this.#wanted.size < this.#room && this.#wanted.lengthOf(viewer) < waitingPerViewer) return;
    this.#refused++;
    throw new OverloadedError('The server has more to do than it can; try again later.', {
      context: { retryAfterSeconds: this.#retryAfterSeconds() },
    });
  }

  /** About how long it takes until all that waits now has had its turn, in whole seconds. */
  #retryAfterSeconds(): number {
    const ms = ((this.#wanted.size + 1) * this.#meanMs) / this.#limits.running;
    return Math.min(MAX_RETRY_SECONDS, Math.max(1, Math.ceil(ms / 1000)));
  }
}
