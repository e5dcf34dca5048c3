import { OverloadedError } from '../errors.js';
import type { FileBeside } from '../io/files-beside.js';
import type { Source } from '../media/source.js';
import type { SegmentedMedia } from '../pipelines/segment/segmented-media.js';
import { Demand } from './demand.js';
import type { Scheduler } from './scheduler.js';
import { SingleFlight } from './single-flight.js';

/** Opens a source for playing in segments. The shelf closes both; what fails to open leaves the source to the shelf. */
export type OpenMedia = (
  source: Source,
  options: { readonly signal: AbortSignal },
) => Promise<SegmentedMedia>;

/** Something that can be opened, again and again. */
export interface MediaSubject {
  /** Names it for as long as the server runs, whatever its bytes become. */
  readonly name: string;
  /** Its source's identity as it was found for this request, a moment ago; absent where only opening it tells. */
  readonly identityWhenFound?: string | undefined;
  /**
   * Opens the source as it is now. Where nothing else tells its identity, this is also how that is learnt, for each request
   * anew, and has to be cheap.
   * @param signal - ends the opening; not bound to the source after that.
   */
  open(signal: AbortSignal | undefined): Promise<Source>;
  /**
   * Asks for the source's identity as it is now, with less effort than by opening it.
   * @returns undefined when there is no such source any more.
   */
  identify?(signal: AbortSignal | undefined): Promise<string | undefined>;
  /** Lists the files that lie beside it and begin with its name; absent of what is no file of a library. */
  listBeside?(): Promise<readonly FileBeside[]>;
}

/** An opened media that is in use; it stays open at least until the loan is given back. */
export interface MediaLoan extends Disposable {
  /** The media. */
  readonly media: SegmentedMedia;
  /** Identity of its source. Undefined where the source cannot tell; the media is then shared with nobody. */
  readonly identity: string | undefined;
  /** Whether reading its source costs next to nothing. */
  readonly isLocal: boolean;
  /** Who asked for it. */
  readonly viewer: string;
  /** Lends the same media once more, to be given back on its own. */
  share(): MediaLoan;
  /**
   * Whether the media still is what its source holds.
   * @param signal - ends the asking.
   */
  isCurrent(signal?: AbortSignal): Promise<boolean>;
}

/** Limits of a {@link MediaShelf}. */
export interface MediaShelfLimits {
  /** How many media are kept open when nobody uses them. */
  readonly maxOpen: number;
  /** How long one is kept open when nobody uses it, in milliseconds. */
  readonly idleMs: number;
  /**
   * How long an opening goes on that nobody waits for any more, in milliseconds; not at all by default. What has no index is read for
   * one, which takes longer than some players wait for an answer: those that ask again are to find it further on.
   */
  readonly lingerMs?: number;
}

/** Openings that go on although nobody waits for them: half of those that are made at a time. */
const MAX_LINGERING = 2;

interface Entry {
  readonly name: string;
  readonly identity: string | undefined;
  readonly media: SegmentedMedia;
  readonly source: Source;
  users: number;
  /** No longer on the shelf: closed when the last user leaves. */
  isRetired: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

/**
 * Keeps media open across requests, by the identity of their source. A source whose bytes have changed has another
 * identity, and is opened anew; what was opened before is then closed.
 */
export class MediaShelf implements AsyncDisposable {
  readonly #open: OpenMedia;
  readonly #limits: MediaShelfLimits;
  /** In order of use, the oldest first. No LRU cache: what is in use stays, however many there are. */
  readonly #entries = new Map<string, Entry>();
  readonly #openings: SingleFlight<Entry>;
  readonly #scheduler: Scheduler;
  /** All that are open or being closed, those off the shelf among them. */
  readonly #unclosed = new Map<Entry, Promise<void> | undefined>();
  readonly #ending = new AbortController();

  /**
   * @param open - opens a source.
   * @param limits - how many stay open, and for how long.
   * @param scheduler - says when one may be opened.
   */
  constructor(open: OpenMedia, limits: MediaShelfLimits, scheduler: Scheduler) {
    this.#open = open;
    this.#limits = limits;
    this.#openings = new SingleFlight({ lingerMs: limits.lingerMs ?? 0, maxLingering: MAX_LINGERING });
    this.#scheduler = scheduler;
  }

  /**
   * Opens a media, or takes it from the shelf. Several who ask for one at the same time share the opening.
   * @param subject - what to open.
   * @param signal - ends the waiting, and the opening when nobody else waits for it, nor comes back in time.
   * @param viewer - who asks; all who are not named are one.
   * @throws whatever the source or its opening throws; {@link OverloadedError} when too many are being opened.
   */
  async borrow(subject: MediaSubject, signal?: AbortSignal, viewer = ''): Promise<MediaLoan> {
    this.#ending.signal.throwIfAborted();
    const { identityWhenFound } = subject;
    const known = identityWhenFound === undefined ? undefined : this.#entries.get(identityWhenFound);
    if (known?.name === subject.name) return this.#lend(known, subject, viewer);
    const source = await subject.open(signal);
    const { identity } = source;
    const opened = { isTaken: false };
    const openEntry = (opening: AbortSignal): Promise<Entry> => {
      opened.isTaken = true;
      return this.#openEntry(subject.name, source, viewer, opening);
    };
    try {
      this.#retireOlder(subject.name, identity);
      if (identity === undefined) {
        return this.#lend(await openEntry(this.#endingOr(signal)), subject, viewer);
      }
      const entry = this.#entries.get(identity) ?? (await this.#openings.run(identity, openEntry, signal));
      // It may have been put away between its opening and this turn.
      return entry.isRetired
        ? await this.borrow(subject, signal, viewer)
        : this.#lend(entry, subject, viewer);
    } finally {
      if (!opened.isTaken) await source[Symbol.asyncDispose]();
    }
  }

  /** Cancels what is being opened, and closes everything, also what is in use. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(shuttingDown());
    await this.#openings[Symbol.asyncDispose]();
    for (const entry of this.#entries.values()) this.#retire(entry);
    await Promise.all([...this.#unclosed.keys()].map((entry) => this.#close(entry)));
  }

  async #openEntry(name: string, source: Source, viewer: string, signal: AbortSignal): Promise<Entry> {
    try {
      const demand = new Demand(viewer);
      using _joined = demand.join(viewer);
      const order = { kind: source.isLocal === true ? 'open' : 'fetch', demand, bytes: 0 } as const;
      const media = await this.#scheduler.run(order, () => this.#open(source, { signal }), signal);
      return this.#shelve({ name, identity: source.identity, media, source, users: 0, idleTimer: undefined });
    } catch (error) {
      await source[Symbol.asyncDispose]();
      throw error;
    }
  }

  #shelve(opened: Omit<Entry, 'isRetired'>): Entry {
    const { identity } = opened;
    const entry: Entry = { ...opened, isRetired: identity === undefined };
    this.#unclosed.set(entry, undefined);
    if (identity !== undefined) {
      this.#entries.set(identity, entry);
      this.#startIdling(entry);
      this.#retireUnused(entry);
    }
    return entry;
  }

  #lend(entry: Entry, subject: MediaSubject, viewer: string): MediaLoan {
    entry.users++;
    clearTimeout(entry.idleTimer);
    const { media, identity } = entry;
    if (this.#takeOff(entry)) this.#entries.set(identity!, entry);
    let isReturned = false;
    return {
      media,
      identity,
      isLocal: entry.source.isLocal === true,
      viewer,
      share: () => this.#lend(entry, subject, viewer),
      isCurrent: async (signal) => {
        if (subject.identify !== undefined) return (await subject.identify(signal)) === identity;
        await using source = await subject.open(signal);
        return source.identity === identity;
      },
      [Symbol.dispose]: () => {
        if (isReturned) return;
        isReturned = true;
        this.#takeBack(entry);
      },
    };
  }

  #takeBack(entry: Entry): void {
    entry.users--;
    if (entry.users > 0) return;
    if (entry.isRetired) void this.#close(entry);
    else this.#startIdling(entry);
    this.#retireUnused();
  }

  #startIdling(entry: Entry): void {
    entry.idleTimer = setTimeout(() => this.#retire(entry), this.#limits.idleMs).unref();
  }

  /** A source under this name that has another identity now has replaced what was opened. */
  #retireOlder(name: string, identity: string | undefined): void {
    for (const entry of this.#entries.values()) {
      if (entry.name === name && entry.identity !== identity) this.#retire(entry);
    }
  }

  /** Takes unused ones off the shelf while there are too many, save one that is about to be lent. */
  #retireUnused(spared?: Entry): void {
    for (const entry of this.#entries.values()) {
      if (this.#entries.size <= this.#limits.maxOpen) return;
      if (entry.users === 0 && entry !== spared) this.#retire(entry);
    }
  }

  #retire(entry: Entry): void {
    clearTimeout(entry.idleTimer);
    entry.isRetired = true;
    this.#takeOff(entry);
    if (entry.users === 0) void this.#close(entry);
  }

  /** @returns whether it was on the shelf. */
  #takeOff(entry: Entry): boolean {
    const { identity } = entry;
    if (identity === undefined || this.#entries.get(identity) !== entry) return false;
    return this.#entries.delete(identity);
  }

  #endingOr(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#ending.signal : AbortSignal.any([this.#ending.signal, signal]);
  }

  #close(entry: Entry): Promise<void> {
    const closing = this.#unclosed.get(entry) ?? this.#closeBoth(entry);
    if (this.#unclosed.has(entry)) this.#unclosed.set(entry, closing);
    return closing;
  }

  async #closeBoth(entry: Entry): Promise<void> {
    // It was only read from: a failure to close it harms nobody, and there is nobody to tell.
    await Promise.allSettled([entry.media[Symbol.asyncDispose]()]);
    await Promise.allSettled([entry.source[Symbol.asyncDispose]()]);
    this.#unclosed.delete(entry);
  }
}

function shuttingDown(): OverloadedError {
  return new OverloadedError('The server is shutting down.');
}
