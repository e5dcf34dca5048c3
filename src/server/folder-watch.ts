import { watch, type FSWatcher } from 'node:fs';
import { basename } from 'node:path';
import { isMedia } from './media-names.js';

/** More folders than this are not watched: each takes one of the system's watches, of which other programs want some too. */
const MAX_FOLDERS = 8192;

/**
 * Tells which folders have changed: one watch of the system for each folder, and none for files. Network file systems, and
 * systems that have run out of watches, tell nothing; whoever needs to know has to look from time to time.
 */
export class FolderWatch implements Disposable {
  readonly #onChange: (folder: string, isGone: boolean) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #isClosed = false;

  /**
   * @param onChange - told of a folder in which something came, went or changed, and of one that itself is gone, so that it is
   *   watched no more.
   */
  constructor(onChange: (folder: string, isGone: boolean) => void) {
    this.#onChange = onChange;
  }

  /** How many folders are watched. */
  get size(): number {
    return this.#watchers.size;
  }

  /** Watches one more folder, from now on. */
  add(folder: string): void {
    if (this.#isClosed || this.#watchers.has(folder) || this.#watchers.size >= MAX_FOLDERS) return;
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        // What is written into files of no interest is of none; but one that came or went may be a folder.
        if (event === 'change' && name !== null && !isMedia(name)) return;
        // The folder's own name: it was removed, moved or unmounted, and the watch went with it. Were it that of something in
        // the folder, nothing is lost: what has changed is read, and watched, anew.
        const isGone = event === 'rename' && name === basename(folder);
        if (isGone) this.remove(folder);
        this.#onChange(folder, isGone);
      });
      // Whatever became of it: its folder above will tell, or the next look.
      watcher.on('error', () => this.remove(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // The folder is gone, or the system has no watch left.
    }
  }

  /** Ends the watching of a folder. */
  remove(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  /** Ends the watching of all other folders. */
  keepOnly(folders: ReadonlySet<string>): void {
    for (const folder of this.#watchers.keys()) if (!folders.has(folder)) this.remove(folder);
  }

  /** Ends all watching. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const folder of this.#watchers.keys()) this.remove(folder);
  }
}
