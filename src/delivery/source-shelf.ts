import { LRUCache } from 'lru-cache';
import { SourceError } from '../errors.js';
import { cacheChunks } from '../io/chunk-cache.js';
import type { ChunkStore } from '../io/chunk-store.js';
import { isTransient } from '../io/http-retry.js';
import { ServerRest } from '../io/server-rest.js';
import type { ReadOptions, Source, StreamOptions } from '../media/source.js';
import type { MediaSubject } from './media-shelf.js';
import { SingleFlight } from './single-flight.js';

/** Limits of a {@link SourceShelf}. */
export interface SourceShelfLimits {
  /** How many sources are kept open when nobody uses them. */
  readonly maxOpen: number;
  /** How long one is kept open when nobody uses it, in milliseconds. */
  readonly idleMs: number;
  /** How long a source counts as unchanged without being asked, in milliseconds. */
  readonly freshMs: number;
  /**
   * How long an opening goes on that nobody waits for any more, in milliseconds; not at all by default. A server may take longer
   * for its first answer than some players wait for ours.
   */
  readonly lingerMs?: number;
}

/** Openings that go on although nobody waits for them; each is one connection. */
const MAX_LINGERING = 8;

/** Servers that want to be left alone are remembered for so many sources. */
const MAX_RESTS = 1000;

interface Entry {
  readonly name: string;
  readonly source: Source;
  /** Can be read once only, and is lent once. */
  readonly isSingle: boolean;
  checkedAtMs: number;
  /** Reading it has failed: it is asked again before it is lent. */
  isSuspect: boolean;
  users: number;
  /** No longer on the shelf: closed when the last user leaves. */
  isRetired: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

/**
 * Keeps remote sources open across requests, and what was read of them: opening one, and asking whether it has changed,
 * costs requests to its server. Whoever reads is told of a change by the source itself, which checks each answer; the
 * shelf only sees to it that the next one gets the new state.
 */
export class SourceShelf implements AsyncDisposable {
  readonly #limits: SourceShelfLimits;
  readonly #chunks: ChunkStore;
  /** In order of use, the oldest first. No LRU cache: what is in use stays, however many there are. */
  readonly #entries = new Map<string, Entry>();
  readonly #openings: SingleFlight<Entry>;
  readonly #unclosed = new Set<Entry>();
  /** Of servers that want to be left alone, by the names of their sources. */
  readonly #rests = new LRUCache<string, ServerRest>({ max: MAX_RESTS });

  /**
   * @param limits - how many stay open, and for how long.
   * @param chunks - where what was read is kept; may be shared.
   */
  constructor(limits: SourceShelfLimits, chunks: ChunkStore) {
    this.#limits = limits;
    this.#chunks = chunks;
    this.#openings = new SingleFlight({ lingerMs: limits.lingerMs ?? 0, maxLingering: MAX_LINGERING });
  }

  /**
   * Opens a source, or lends the one that is open. One that can be read once only is never shared.
   * @param subject - what to open.
   * @param signal - ends the waiting.
   * @returns a source to be closed, which gives it back.
   * @throws what opening it throws. What its server answered last, without asking it, while that wants to be left alone and
   * the source is not open; what is open is lent for what is known of it.
   */
  async borrow(subject: MediaSubject, signal?: AbortSignal): Promise<Source> {
    const known = this.#entries.get(subject.name);
    const rest = this.#rests.get(subject.name);
    if (known !== undefined && rest?.isOn === true) return this.#lend(known);
    rest?.check();
    const ageMs = known === undefined ? Infinity : performance.now() - known.checkedAtMs;
    if (known !== undefined && !known.isSuspect && ageMs < 2 * this.#limits.freshMs) {
      // Nobody waits for the question whether it has changed, as long as it is asked now and then.
      if (ageMs >= this.#limits.freshMs) this.#renew(subject).catch(() => undefined);
      return this.#lend(known);
    }
    const entry = await this.#renew(subject, signal);
    if (entry.isSingle) return entry.users === 0 ? this.#lend(entry) : await subject.open(signal);
    // It may have been put away between its opening and this turn.
    return entry.isRetired ? await this.borrow(subject, signal) : this.#lend(entry);
  }

  /** Cancels what is being opened, and closes everything, also what is in use. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#openings[Symbol.asyncDispose]();
    for (const entry of this.#unclosed) {
      clearTimeout(entry.idleTimer);
      entry.isRetired = true;
    }
    this.#entries.clear();
    await Promise.all([...this.#unclosed].map((entry) => this.#close(entry)));
  }

  /** Opens it anew, which also tells whether it is the same as before. */
  #renew(subject: MediaSubject, signal?: AbortSignal): Promise<Entry> {
    return this.#openings.run(subject.name, (opening) => this.#open(subject, opening), signal);
  }

  async #open(subject: MediaSubject, signal: AbortSignal): Promise<Entry> {
    const known = this.#entries.get(subject.name);
    try {
      const source = await subject.open(signal);
      if (known?.isRetired === false && isSame(known.source, source)) {
        await source[Symbol.asyncDispose]();
        return confirm(known);
      }
      if (known !== undefined) this.#retire(known);
      return this.#shelve(subject.name, source);
    } catch (error) {
      signal.throwIfAborted();
      const isResting = this.#rest(subject.name, error);
      if (known !== undefined) {
        if (isResting && !known.isRetired) return known;
        // A server that cannot be reached at the moment is no reason to forget what has been read.
        if (!known.isSuspect && !known.isRetired && isTransient(error)) return confirm(known);
        this.#retire(known);
      }
      throw error;
    }
  }

  #shelve(name: string, source: Source): Entry {
    const isSingle = !source.seekable || source.size === undefined;
    const entry: Entry = {
      name,
      source: cacheChunks(source, { store: this.#chunks }),
      isSingle,
      checkedAtMs: performance.now(),
      isSuspect: false,
      users: 0,
      isRetired: isSingle,
      idleTimer: undefined,
    };
    this.#unclosed.add(entry);
    if (!isSingle) this.#entries.set(name, entry);
    this.#startIdling(entry);
    for (const other of this.#entries.values()) {
      if (this.#entries.size <= this.#limits.maxOpen) break;
      if (other.users === 0 && other !== entry) this.#retire(other);
    }
    return entry;
  }

  #lend(entry: Entry): Source {
    clearTimeout(entry.idleTimer);
    entry.users++;
    if (this.#entries.get(entry.name) === entry) {
      this.#entries.delete(entry.name);
      this.#entries.set(entry.name, entry);
    }
    const onFailure = (error: unknown): void => {
      if (!this.#rest(entry.name, error)) entry.isSuspect = true;
    };
    return new LentSource(entry.source, onFailure, async () => {
      entry.users--;
      if (entry.users > 0) return;
      if (entry.isRetired) await this.#close(entry);
      else this.#startIdling(entry);
    });
  }

  /** @returns whether by this error the source's server wants to be left alone. */
  #rest(name: string, error: unknown): boolean {
    const rest = new ServerRest();
    const isWanted = rest.begin(error);
    if (isWanted) this.#rests.set(name, rest);
    return isWanted;
  }

  #startIdling(entry: Entry): void {
    entry.idleTimer = setTimeout(() => this.#retire(entry), this.#limits.idleMs).unref();
  }

  #retire(entry: Entry): void {
    clearTimeout(entry.idleTimer);
    entry.isRetired = true;
    if (this.#entries.get(entry.name) === entry) this.#entries.delete(entry.name);
    if (entry.users === 0) void this.#close(entry);
  }

  async #close(entry: Entry): Promise<void> {
    if (!this.#unclosed.delete(entry)) return;
    // It was only read from: a failure to close it harms nobody, and there is nobody to tell.
    await Promise.allSettled([entry.source[Symbol.asyncDispose]()]);
  }
}

/** A source on loan: closing it gives it back. */
class LentSource implements Source {
  readonly name: string;
  readonly size: number | undefined;
  readonly seekable: boolean;
  readonly identity: string | undefined;
  readonly isLocal: boolean | undefined;
  readonly isCached: boolean | undefined;
  readonly #source: Source;
  readonly #onFailure: (error: unknown) => void;
  readonly #giveBack: () => Promise<void>;
  #isGivenBack = false;

  constructor(source: Source, onFailure: (error: unknown) => void, giveBack: () => Promise<void>) {
    this.name = source.name;
    this.size = source.size;
    this.seekable = source.seekable;
    this.identity = source.identity;
    this.isLocal = source.isLocal;
    this.isCached = source.isCached;
    this.#source = source;
    this.#onFailure = onFailure;
    this.#giveBack = giveBack;
  }

  async *stream(offset: number, options?: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    this.#checkLent();
    try {
      for await (const chunk of this.#source.stream(offset, options)) {
        yield chunk;
        this.#checkLent();
      }
    } catch (error) {
      this.#minded(error);
      throw error;
    }
  }

  async read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array> {
    this.#checkLent();
    try {
      return await this.#source.read(offset, length, options);
    } catch (error) {
      this.#minded(error);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isGivenBack) return;
    this.#isGivenBack = true;
    await this.#giveBack();
  }

  #minded(error: unknown): void {
    if (error instanceof SourceError && !this.#isGivenBack) this.#onFailure(error);
  }

  #checkLent(): void {
    if (this.#isGivenBack) throw new SourceError(`${this.name} was read after it was closed.`);
  }
}

function confirm(entry: Entry): Entry {
  entry.checkedAtMs = performance.now();
  entry.isSuspect = false;
  return entry;
}

function isSame(known: Source, now: Source): boolean {
  return known.identity !== undefined && known.identity === now.identity;
}
