import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { RequestError } from '../errors.js';
import type { MediaSubject } from '../delivery/media-shelf.js';
import { isInside } from '../io/inside.js';
import { isUrl } from '../io/open-source.js';
import { subjectOfFile } from './library-subject.js';
import {
  checkPath,
  isRemoteUrl,
  notFound,
  parseReference,
  parseRemoteUrl,
  writeReference,
} from './reference.js';
import { notAllowed, type RemoteItem, type RemoteLibrary } from './remote-library.js';

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

/** What the library offers. */
export interface LibraryListing {
  /** Sorted by root and path. */
  readonly items: readonly LibraryItem[];
  /** True when there is more than is listed. */
  readonly isTruncated: boolean;
}

/** A file, or something remote, that was found for a request. */
export interface LibraryFile {
  /** The file's name. */
  readonly name: string;
  /** Its name in URLs. */
  readonly ref: string;
  /** It, as something to be opened; what that knows is not for the outside. */
  readonly subject: MediaSubject;
}

const MAX_DEPTH = 16;
const MAX_ITEMS = 10_000;
const MAX_ENTRIES = 200_000;

const EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'mkv mka mk3d webm mp4 m4v m4a mov avi ts m2ts mts mpg mpeg vob wmv asf flv f4v ogv ogm ogg oga opus rm rmvb ' +
    '3gp 3g2 mxf dv divx mp3 aac ac3 eac3 dts flac wav wv tta'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
);

type Root = LocalRoot | RemoteItem;

interface LocalRoot {
  /** What people call it. */
  readonly name: string;
  readonly realPath: string;
  readonly isFile: boolean;
}

interface Walk {
  readonly items: LibraryItem[];
  readonly visited: Set<string>;
  entries: number;
  isTruncated: boolean;
}

/** The files under the given roots, and nothing else of the file system; and what may be had from elsewhere. */
export class Library {
  readonly #roots: readonly Root[];
  readonly #remote: RemoteLibrary | undefined;

  private constructor(roots: readonly Root[], remote: RemoteLibrary | undefined) {
    this.#roots = roots;
    this.#remote = remote;
  }

  /**
   * Opens a library.
   * @param roots - folders, whose media files it offers, single files, and URLs.
   * @param remote - what may be had from elsewhere; nothing when absent.
   * @throws {RequestError} when one of them does not exist or is nothing of the kind.
   */
  static async open(roots: readonly string[], remote?: RemoteLibrary): Promise<Library> {
    return new Library(await Promise.all(roots.map((root) => openRoot(root, remote))), remote);
  }

  /** Lists the media files below the roots; hidden ones and links that lead out of their root are left out. */
  async list(): Promise<LibraryListing> {
    const walk: Walk = { items: [], visited: new Set(), entries: 0, isTruncated: false };
    for (const [index, root] of this.#roots.entries()) {
      const { name } = root;
      if ('subject' in root) {
        walk.items.push({ ref: writeReference({ root: index, path: name }), path: name, root: name });
      } else if (root.isFile) await this.#add(walk, index, root.name, root.realPath);
      else await this.#walk(walk, index, '', root.realPath, 0);
    }
    return { items: walk.items, isTruncated: walk.isTruncated };
  }

  /**
   * Finds what a `<ref>` names.
   * @throws {RequestError} when the library does not offer such a thing.
   */
  async resolve(ref: string): Promise<LibraryFile> {
    const reference = parseReference(ref);
    if ('url' in reference) return this.#findRemote(reference.url);
    return await this.#find(reference.root, reference.path);
  }

  /**
   * Finds a file by its path below a root; the first root that has it wins. Or something remote by its URL.
   * @param path - with `/` between its parts, or an http or https URL.
   * @throws {RequestError} when the library does not offer such a thing.
   */
  async find(path: string): Promise<LibraryFile> {
    if (isRemoteUrl(path)) return this.#findRemote(parseRemoteUrl(path));
    checkPath(path);
    for (const index of this.#roots.keys()) {
      try {
        return await this.#find(index, path);
      } catch (error) {
        if (!(error instanceof RequestError && error.reason === 'not_found')) throw error;
      }
    }
    throw notFound();
  }

  #findRemote(url: URL): LibraryFile {
    if (this.#remote === undefined) throw notAllowed();
    return { ref: writeReference({ url }), ...this.#remote.requested(url) };
  }

  async #find(index: number, path: string): Promise<LibraryFile> {
    const root = this.#roots[index];
    if (root === undefined) throw notFound();
    const ref = writeReference({ root: index, path });
    if ('subject' in root || root.isFile) {
      if (path !== root.name) throw notFound();
      const subject =
        'subject' in root ? root.subject : subjectOfFile(root.realPath, root.name, root.realPath);
      return { name: root.name, ref, subject };
    }
    if (!isMedia(path)) throw notFound();
    const realPath = await realpath(join(root.realPath, path)).catch(() => {
      throw notFound();
    });
    if (!isInside(root.realPath, realPath)) {
      throw new RequestError('The path leads out of the library.', 'forbidden');
    }
    if (!(await stat(realPath)).isFile()) throw notFound();
    const name = basename(path);
    return { name, ref, subject: subjectOfFile(realPath, name, root.realPath) };
  }

  async #walk(walk: Walk, index: number, path: string, realPath: string, depth: number): Promise<void> {
    // A link back to a folder above would otherwise be followed round and round.
    if (walk.visited.has(realPath)) return;
    walk.visited.add(realPath);
    if (depth > MAX_DEPTH) {
      walk.isTruncated = true;
      return;
    }
    // A folder that cannot be read, or is gone by now, is passed over: the rest of the library is still of use.
    const entries = await readdir(realPath, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => byName.compare(a.name, b.name))) {
      if (walk.items.length >= MAX_ITEMS || walk.entries >= MAX_ENTRIES) {
        walk.isTruncated = true;
        return;
      }
      walk.entries++;
      if (entry.name.startsWith('.')) continue;
      const childPath = path === '' ? entry.name : `${path}/${entry.name}`;
      await this.#visit(walk, index, childPath, join(realPath, entry.name), entry, depth);
    }
  }

  async #visit(
    walk: Walk,
    index: number,
    path: string,
    absolutePath: string,
    entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean },
    depth: number,
  ): Promise<void> {
    if (entry.isDirectory()) {
      await this.#walk(walk, index, path, absolutePath, depth + 1);
      return;
    }
    if (entry.isFile() && isMedia(path)) await this.#add(walk, index, path, absolutePath);
    if (!entry.isSymbolicLink()) return;
    const target = await realpath(absolutePath).catch(() => undefined);
    const root = this.#roots[index] as LocalRoot;
    if (target === undefined || !isInside(root.realPath, target)) return;
    const facts = await stat(target).catch(() => undefined);
    if (facts?.isDirectory() === true) await this.#walk(walk, index, path, target, depth + 1);
    else if (facts?.isFile() === true && isMedia(path)) await this.#add(walk, index, path, target);
  }

  async #add(walk: Walk, index: number, path: string, absolutePath: string): Promise<void> {
    const facts = await stat(absolutePath).catch(() => undefined);
    if (facts === undefined) return;
    walk.items.push({
      ref: writeReference({ root: index, path }),
      path,
      root: this.#roots[index]!.name,
      size: facts.size,
      modifiedMs: Math.round(facts.mtimeMs),
    });
  }
}

const byName = new Intl.Collator('en', { numeric: true });

async function openRoot(path: string, remote: RemoteLibrary | undefined): Promise<Root> {
  if (isUrl(path) && remote !== undefined) return remote.own(path);
  const realPath = await realpath(path).catch((cause: unknown) => {
    throw new RequestError(`There is no file or folder ${path}.`, 'not_found', { cause });
  });
  const facts = await stat(realPath);
  if (!facts.isFile() && !facts.isDirectory()) {
    throw new RequestError(`${path} is neither a file nor a folder.`);
  }
  return { name: basename(resolve(path)), realPath, isFile: facts.isFile() };
}

function isMedia(path: string): boolean {
  return EXTENSIONS.has(extname(path).toLowerCase());
}
