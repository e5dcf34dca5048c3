import { OverloadedError } from '../errors.js';
import { Demand } from './demand.js';

/** Settings of a {@link Prefetcher}. */
export interface PrefetcherOptions {
  /** For how long after a player's last request its next segments are worth making, in milliseconds. */
  readonly lifetimeMs: number;
  /** How many segments may be on order at a time, for all players. */
  readonly maxWishes: number;
  /** The time in milliseconds. */
  readonly now: () => number;
}

/** What a player has just asked for. */
export interface Watched {
  /** Who watches. */
  readonly viewer: string;
  /** Names the source. */
  readonly source: string;
  /** A player plays one rendition of each type at a time. */
  readonly type: 'video' | 'audio';
  /** The rendition. */
  readonly rendition: string;
  /** Number of the segment. */
  readonly number: number;
  /** How many segments there are. */
  readonly count: number;
  /** How many of the next ones are worth having. */
  readonly depth: number;
}

/** A segment that is to be made before anybody asks for it. */
export interface Wish {
  /** Its number. */
  readonly number: number;
  /** Nobody's, until a player asks. */
  readonly demand: Demand;
  /** When it is too late to begin it, in milliseconds. */
  readonly expiresAt: number;
  /** Aborted when it is not wanted any more. */
  readonly signal: AbortSignal;
}

interface Player {
  readonly rendition: string;
  readonly number: number;
  readonly expiresAt: number;
  /** The segments ahead that were ordered; undefined for those that are done. */
  readonly ordered: Map<number, AbortController | undefined>;
}

/** Players that are remembered; of the one that asked longest ago nothing is on order any more. */
const MAX_PLAYERS = 1000;

/**
 * Orders the segments that players will ask for next. Each request of a player opens a window of the next few segments of
 * its rendition: what is ordered beyond it is dropped, so that a player that seeks, takes another rendition or goes away
 * leaves nothing behind, and one that stops is not followed.
 */
export class Prefetcher {
  readonly #options: PrefetcherOptions;
  /** In order of their last request. No LRU cache: the next request of a player takes over what is on order for it. */
  readonly #players = new Map<string, Player>();
  #wishes = 0;

  /** @param options - its limits. */
  constructor(options: PrefetcherOptions) {
    this.#options = options;
  }

  /** How many segments are on order. */
  get size(): number {
    return this.#wishes;
  }

  /**
   * Takes note of a player's request, and orders what comes next.
   * @param watched - the request. Whoever made it waits for its segment already: an order for it ends here.
   * @param order - has one made, and settles when it is; undefined where there is nothing to be done.
   */
  follow(watched: Watched, order: (wish: Wish) => Promise<unknown> | undefined): void {
    this.#dropLate();
    const { viewer, source, type, rendition, number, depth } = watched;
    const key = playerKey(viewer, source, type);
    const before = this.#players.get(key);
    if (before !== undefined && isBehind(watched, before)) return;
    const expiresAt = this.#options.now() + this.#options.lifetimeMs;
    const player: Player = { rendition, number, expiresAt, ordered: new Map() };
    for (const [ahead, controller] of before?.ordered ?? []) {
      const isInWindow = before!.rendition === rendition && ahead > number && ahead <= number + depth;
      if (isInWindow) player.ordered.set(ahead, controller);
      else controller?.abort(dropped());
    }
    this.#players.delete(key);
    this.#players.set(key, player);
    if (this.#players.size > MAX_PLAYERS) this.#forgetOldest();
    const end = Math.min(watched.count, number + 1 + depth);
    for (let next = number + 1; next < end; next++) {
      if (!player.ordered.has(next)) this.#order(player, next, viewer, order);
    }
  }

  /**
   * Takes note that a player has given up a request, and drops what it would have asked for next.
   * @param watched - the request; of no effect when the player has made another one since.
   */
  leave({ viewer, source, type, rendition, number }: Watched): void {
    const key = playerKey(viewer, source, type);
    const player = this.#players.get(key);
    if (player?.rendition === rendition && player.number === number) this.#forget(key);
  }

  #order(
    player: Player,
    number: number,
    viewer: string,
    order: (wish: Wish) => Promise<unknown> | undefined,
  ): void {
    if (this.#wishes >= this.#options.maxWishes) return;
    const controller = new AbortController();
    const { signal } = controller;
    const demand = new Demand(viewer, () => controller.abort(dropped()));
    const making = order({ number, demand, expiresAt: player.expiresAt, signal });
    player.ordered.set(number, making && controller);
    if (making === undefined) return;
    this.#wishes++;
    const settle = (): void => {
      this.#wishes--;
      // The player's record may be another one by now.
      for (const { ordered } of this.#players.values()) {
        if (ordered.get(number) === controller) ordered.set(number, undefined);
      }
    };
    // What goes wrong is told to whoever asks for it in earnest.
    making.then(settle, settle);
  }

  /** What nobody has asked for in time is not made any more. */
  #dropLate(): void {
    const now = this.#options.now();
    // In order of their last request: all behind the first that is not late are not either.
    for (const [key, { expiresAt }] of this.#players) {
      if (expiresAt >= now) return;
      this.#forget(key);
    }
  }

  #forgetOldest(): void {
    const oldest = this.#players.keys().next();
    if (oldest.done !== true) this.#forget(oldest.value);
  }

  #forget(key: string): void {
    for (const controller of this.#players.get(key)?.ordered.values() ?? []) controller?.abort(dropped());
    this.#players.delete(key);
  }
}

function playerKey(viewer: string, source: string, type: string): string {
  return `${viewer}\n${source}\n${type}`;
}

/** A player may ask side by side, and again: that is not a seek. */
function isBehind({ rendition, number, depth }: Watched, before: Player): boolean {
  return rendition === before.rendition && number < before.number && number >= before.number - depth;
}

function dropped(): OverloadedError {
  return new OverloadedError('The segment was not made ahead of its time.');
}
