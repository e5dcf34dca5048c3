import { setTimeout as delay } from 'node:timers/promises';
import { FolderWatch } from './folder-watch.js';
import { readFolder, type FolderReading } from './library-folder.js';
import type { Library } from './library.js';
import { LibraryWalk, type LibraryItem, type LibraryListing } from './library-walk.js';
import { RootWatch } from './root-watch.js';

/** What the library offered when it was looked at last. */
export interface CatalogueListing extends LibraryListing {
  /** The folders are still being read for the first time: there may be more. */
  readonly isScanning: boolean;
}

/** When a catalogue looks anew; all in milliseconds. */
export interface CatalogueTimes {
  /** From a change to the look at it: several come together as a rule. */
  readonly settleMs: number;
  /** From one look to the next at least. */
  readonly pauseMs: number;
  /** From the last change of a file's size or time to the telling of it: a file that is being written changes all the time. */
  readonly quietMs: number;
  /** How old a listing may be that is given out, without another look at what tells of no changes. */
  readonly freshMs: number;
  /** From one look whether the roots are the folders that they were to the next. */
  readonly rootMs: number;
  /** How long is waited for the first reading, before what is found so far is given out. */
  readonly patienceMs: number;
}

const TIMES: CatalogueTimes = {
  settleMs: 200,
  pauseMs: 1000,
  quietMs: 3000,
  freshMs: 5 * 60_000,
  rootMs: 5000,
  patienceMs: 1500,
};

/**
 * What a library offers, in memory: read once in the background, and then kept right by watching its folders. A folder
 * that has changed is read again, and the others are walked through in memory.
 */
export class LibraryCatalogue implements AsyncDisposable {
  readonly #library: Library;
  readonly #times: CatalogueTimes;
  readonly #watch = new FolderWatch((folder, isGone) => this.#onFolderChange(folder, isGone));
  readonly #rootWatch: RootWatch;
  /** What each folder held when it was read, by the root and the folder. */
  readonly #read = new Map<string, Map<string, Promise<FolderReading>>>();
  readonly #ending = new AbortController();
  readonly #listeners = new Set<() => void>();
  #walk: LibraryWalk | undefined;
  #walking: Promise<void> | undefined;
  #listing: CatalogueListing | undefined;
  #readAt = 0;
  #isStale = false;
  #scheduled: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;

  /**
   * Begins to read.
   * @param library - what is read; not owned.
   * @param times - for tests.
   */
  constructor(library: Library, times: Partial<CatalogueTimes> = {}) {
    this.#library = library;
    this.#times = { ...TIMES, ...times };
    this.#rootWatch = new RootWatch((root) => this.#onRootReplace(root), this.#times.rootMs);
    this.#refresh();
  }

  /** How many items are known. */
  get size(): number {
    return (this.#listing ?? this.#walk)?.items.length ?? 0;
  }

  /** How many folders are watched. */
  get watched(): number {
    return this.#watch.size;
  }

  /** Gives what is known: the same object until there is news. While the first reading takes long, what it has found so far. */
  async list(): Promise<CatalogueListing> {
    if (this.#listing === undefined) {
      const patience = delay(this.#times.patienceMs, undefined, { ref: false, signal: this.#ending.signal });
      await Promise.race([this.#walking, patience.catch(() => undefined)]);
    } else if (performance.now() - this.#readAt > this.#times.freshMs && this.#walking === undefined) {
      // Not everything tells of its changes. Whoever asks gets what is known, and the news when there are any.
      this.#read.clear();
      this.#refresh();
    }
    return (
      this.#listing ?? {
        items: [...(this.#walk?.items ?? [])],
        folders: [...(this.#walk?.pictured ?? [])],
        isTruncated: false,
        isScanning: true,
      }
    );
  }

  /**
   * Tells of news.
   * @param listener - called when the listing has become another one.
   * @returns ends the telling.
   */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the watching, and waits for a reading that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#watch[Symbol.dispose]();
    this.#rootWatch[Symbol.dispose]();
    clearTimeout(this.#scheduled);
    clearTimeout(this.#telling);
    this.#listeners.clear();
    await this.#walking;
  }

  #onFolderChange(folder: string, isGone: boolean): void {
    for (const folders of this.#read.values()) folders.delete(folder);
    if (isGone) this.#rootWatch.forget(folder);
    this.#lookAgain();
  }

  #onRootReplace(root: string): void {
    const folders = this.#read.get(root);
    for (const folder of folders?.keys() ?? []) this.#watch.remove(folder);
    folders?.clear();
    this.#lookAgain();
  }

  #lookAgain(): void {
    this.#isStale = true;
    if (this.#walking === undefined) this.#schedule(this.#times.settleMs);
  }

  #schedule(ms: number): void {
    if (this.#scheduled !== undefined || this.#ending.signal.aborted) return;
    const wait = Math.max(ms, this.#readAt + this.#times.pauseMs - performance.now());
    this.#scheduled = setTimeout(() => {
      this.#scheduled = undefined;
      this.#refresh();
    }, wait).unref();
  }

  #refresh(): void {
    this.#isStale = this.#walking !== undefined;
    if (this.#isStale) return;
    this.#walking = this.#look().finally(() => {
      this.#walking = undefined;
      this.#readAt = performance.now();
      if (this.#isStale) this.#schedule(this.#times.settleMs);
    });
  }

  async #look(): Promise<void> {
    const walk = new LibraryWalk((folder, root) => this.#readFolder(folder, root));
    this.#walk = walk;
    await this.#library.walk(walk);
    if (this.#ending.signal.aborted) return;
    this.#forgetOthers(walk.folders);
    const { items, pictured: folders, isTruncated } = walk;
    this.#walk = undefined;
    this.#show({ items, folders, isTruncated, isScanning: false });
  }

  #readFolder(folder: string, root: string): Promise<FolderReading> {
    if (this.#ending.signal.aborted) return Promise.resolve({ entries: [], count: 0 });
    const folders = this.#read.get(root) ?? new Map<string, Promise<FolderReading>>();
    this.#read.set(root, folders);
    const known = folders.get(folder);
    if (known !== undefined) return known;
    // Watched before it is read: what comes in between is told.
    this.#watch.add(folder);
    if (folder === root) this.#rootWatch.add(root);
    const reading = readFolder(folder, root);
    folders.set(folder, reading);
    return reading;
  }

  #forgetOthers(walked: ReadonlySet<string>): void {
    this.#watch.keepOnly(walked);
    for (const folders of this.#read.values()) {
      for (const folder of folders.keys()) if (!walked.has(folder)) folders.delete(folder);
    }
  }

  #show(next: CatalogueListing): void {
    const before = this.#listing;
    const news = before === undefined ? 'items' : compare(before, next);
    if (news === 'none') return;
    this.#listing = next;
    clearTimeout(this.#telling);
    if (news === 'items') this.#tell();
    else this.#telling = setTimeout(() => this.#tell(), this.#times.quietMs).unref();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** What is new: which items there are, or only their sizes and times. */
function compare(before: CatalogueListing, next: CatalogueListing): 'items' | 'facts' | 'none' {
  if (before.items.length !== next.items.length || before.isTruncated !== next.isTruncated) return 'items';
  const pairs = before.items.map((item, index) => [item, next.items[index]!] as const);
  if (pairs.some(([a, b]) => a.ref !== b.ref)) return 'items';
  if (before.folders.length !== next.folders.length) return 'items';
  if (before.folders.some(({ picture }, index) => picture !== next.folders[index]!.picture)) return 'items';
  return pairs.some(([a, b]) => !isSame(a, b)) ? 'facts' : 'none';
}

function isSame(a: LibraryItem, b: LibraryItem): boolean {
  return a.size === b.size && a.modifiedMs === b.modifiedMs;
}
