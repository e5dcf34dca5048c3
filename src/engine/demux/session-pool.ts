import { OverloadedError, RequestError } from '../../errors.js';
import { DemuxProcessDeath } from './demux-process.js';
import { LibavSession, type SessionOptions } from './libav-session.js';

/** How long a session is kept for the next reader, in milliseconds. */
const IDLE_MS = 10_000;

/** Sessions that are kept for the next reader. */
const MAX_IDLE = 2;

/** Sessions of one source: those that are read, and a few that wait for the next reader. */
export class SessionPool {
  readonly #options: SessionOptions;
  readonly #maxSessions: number;
  readonly #idle = new Map<LibavSession, NodeJS.Timeout>();
  readonly #all = new Set<LibavSession>();
  readonly #ending = new Set<Promise<void>>();
  #starting = 0;
  #isClosed = false;

  /**
   * @param options - what sessions are opened with.
   * @param maxSessions - processes at a time.
   */
  constructor(options: SessionOptions, maxSessions: number) {
    this.#options = options;
    this.#maxSessions = maxSessions;
  }

  /** Ids of the processes. */
  get pids(): readonly number[] {
    return [...this.#all].flatMap(({ pid }) => pid ?? []);
  }

  /**
   * Gives a session to a reader, who gives it back or discards it.
   * @throws {OverloadedError} when the source has as many readers as it may.
   * @throws {RequestError} when the source is closed, or can be read only once and was.
   */
  async take(signal: AbortSignal | undefined): Promise<LibavSession> {
    signal?.throwIfAborted();
    this.#checkOpen();
    const idle = this.#takeIdle();
    if (idle !== undefined) return idle;
    if (this.#all.size + this.#starting >= this.#maxSessions) {
      throw new OverloadedError(
        `${this.#options.source.name} has ${this.#maxSessions} readers already; try again later.`,
      );
    }
    this.#starting += 1;
    try {
      const session = await this.#start(signal);
      this.#all.add(session);
      this.#checkOpen(session);
      return session;
    } finally {
      this.#starting -= 1;
    }
  }

  /** Takes a session back that can be read again. */
  giveBack(session: LibavSession): void {
    if (this.#isClosed || session.isDead || this.#idle.size >= MAX_IDLE) {
      this.discard(session);
      return;
    }
    this.#idle.set(session, setTimeout(() => this.discard(session), IDLE_MS).unref());
  }

  /** Ends a session. */
  discard(session: LibavSession): void {
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
    this.#all.delete(session);
    const ending = session.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Ends all sessions, and waits until they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const session of [...this.#all]) this.discard(session);
    await Promise.all(this.#ending);
  }

  /** A process that dies before it has opened the source has given nothing yet: another one takes its place, once. */
  async #start(signal: AbortSignal | undefined): Promise<LibavSession> {
    try {
      return await LibavSession.open(this.#options, signal);
    } catch (error) {
      if (!(error instanceof DemuxProcessDeath) || !this.#options.source.seekable || this.#isClosed)
        throw error;
      return await LibavSession.open(this.#options, signal);
    }
  }

  #checkOpen(session?: LibavSession): void {
    if (!this.#isClosed) return;
    if (session !== undefined) this.discard(session);
    throw new RequestError('The source was closed.');
  }

  #takeIdle(): LibavSession | undefined {
    for (const [session, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(session);
      if (!session.isDead) return session;
      this.discard(session);
    }
    return undefined;
  }
}
