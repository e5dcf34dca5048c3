import { stat } from 'node:fs/promises';
import type { ReadFolder } from './library-folder.js';
import { writeReference } from './reference.js';
import type { RemoteItem } from './remote-library.js';

/** A file, or something remote, that the library offers. */
export interface LibraryItem {
  /** Its name in URLs. */
  readonly ref: string;
  /** Path below its root, with `/` between its parts. */
  readonly path: string;
  /** Name of its root. */
  readonly root: string;
  /** Size in bytes; not told of what is remote. */
  readonly size?: number;
  /** Time of the last change, in milliseconds since 1970; not told of what is remote. */
  readonly modifiedMs?: number;
}

/** A folder that somebody has laid a picture into. */
export interface PicturedFolder {
  /** Path below its root, with `/` between its parts; empty for the root itself. */
  readonly path: string;
  /** Name of its root. */
  readonly root: string;
  /** Name of the picture in URLs. */
  readonly picture: string;
}

/** What the library offers. */
export interface LibraryListing {
  /** Sorted by root and path. */
  readonly items: readonly LibraryItem[];
  /** Folders that have a picture of their own, in the same order. */
  readonly folders: readonly PicturedFolder[];
  /** True when there is more than is listed. */
  readonly isTruncated: boolean;
}

/** Something that the library was opened with. */
export type Root = LocalRoot | RemoteItem;

/** A folder or a file. */
export interface LocalRoot {
  /** What people call it. */
  readonly name: string;
  readonly realPath: string;
  readonly isFile: boolean;
}

const MAX_DEPTH = 16;
const MAX_ITEMS = 50_000;
const MAX_ENTRIES = 500_000;

/** One walk through all roots: what it has found so far. */
export class LibraryWalk {
  /** Items in the order of the listing. */
  readonly items: LibraryItem[] = [];
  /** Folders that have a picture. */
  readonly pictured: PicturedFolder[] = [];
  /** Folders that were read, without symbolic links. */
  readonly folders = new Set<string>();
  /** Whether there is more than may be listed. */
  isTruncated = false;
  #entries = 0;
  readonly #read: ReadFolder;

  /** @param read - reads a folder. */
  constructor(read: ReadFolder) {
    this.#read = read;
  }

  /**
   * Walks through the roots, in their order and a person's.
   * @param roots - folders, files, and what is remote.
   */
  async run(roots: readonly Root[]): Promise<void> {
    for (const [index, root] of roots.entries()) {
      const { name } = root;
      if ('subject' in root) {
        this.items.push({ ref: writeReference({ root: index, path: name }), path: name, root: name });
      } else if (root.isFile) {
        const facts = await stat(root.realPath).catch(() => undefined);
        if (facts) this.#add(index, name, name, facts.size, Math.round(facts.mtimeMs));
      } else await this.#walk(index, root, '', root.realPath, 0);
    }
  }

  async #walk(index: number, root: LocalRoot, path: string, realPath: string, depth: number): Promise<void> {
    // A link back to a folder above would otherwise be followed round and round.
    if (this.folders.has(realPath)) return;
    if (depth > MAX_DEPTH) {
      this.isTruncated = true;
      return;
    }
    this.folders.add(realPath);
    const { entries, picture, count } = await this.#read(realPath, root.realPath);
    this.#entries += count;
    if (picture !== undefined) {
      const ref = writeReference({ root: index, path: path === '' ? picture : `${path}/${picture}` });
      this.pictured.push({ path, root: root.name, picture: ref });
    }
    for (const entry of entries) {
      if (this.items.length >= MAX_ITEMS || this.#entries > MAX_ENTRIES) {
        this.isTruncated = true;
        return;
      }
      const childPath = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.kind === 'folder') await this.#walk(index, root, childPath, entry.realPath, depth + 1);
      else this.#add(index, root.name, childPath, entry.size, entry.modifiedMs);
    }
  }

  #add(index: number, root: string, path: string, size: number, modifiedMs: number): void {
    this.items.push({ ref: writeReference({ root: index, path }), path, root, size, modifiedMs });
  }
}
