import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressGuard } from './address-guard.js';
import { ConnectionLimit } from './connection-limit.js';

/** Options of an {@link HttpPool}. */
export interface HttpPoolOptions {
  /** Judges every address before it is connected to; without it any may be. */
  readonly guard?: AddressGuard | undefined;
  /** How many connections may be in use; shared where several pools are given the same. */
  readonly limit?: ConnectionLimit | undefined;
}

/** Enough for one player's source: demuxing, probing and reading ahead overlap no further. */
const DEFAULT_LIMITS = { total: 64, perHost: 16 };
/** Idle connections that are kept to each host, and for how long, in milliseconds. */
const MAX_IDLE = 8;
const IDLE_MS = 15_000;

/**
 * Connections to web servers that sources share, kept for the next request. A pool has one guard: no connection that was
 * made without it is used under it.
 */
export class HttpPool implements Disposable {
  /** How many connections may be in use. */
  readonly limit: ConnectionLimit;
  /** Judges every address. */
  readonly guard: AddressGuard | undefined;
  readonly #http: http.Agent;
  readonly #https: https.Agent;

  /** @param options - guard and limits. */
  constructor(options: HttpPoolOptions = {}) {
    this.limit = options.limit ?? new ConnectionLimit(DEFAULT_LIMITS);
    this.guard = options.guard;
    const agent: http.AgentOptions & { lookup?: AddressGuard['lookup'] } = {
      keepAlive: true,
      scheduling: 'lifo',
      maxFreeSockets: MAX_IDLE,
      timeout: IDLE_MS,
      ...(this.guard && { lookup: this.guard.lookup }),
    };
    this.#http = new http.Agent(agent);
    this.#https = new https.Agent(agent);
  }

  /**
   * Begins a GET request.
   * @param url - without user and password; the guard has judged it.
   * @param headers - all of them.
   */
  request(url: URL, headers: Record<string, string>): http.ClientRequest {
    return url.protocol === 'https:'
      ? https.request(url, { headers, agent: this.#https })
      : http.request(url, { headers, agent: this.#http });
  }

  /** Ends all connections, those in use too. */
  [Symbol.dispose](): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
