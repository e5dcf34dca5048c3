import { realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { RequestError } from '../errors.js';
import type { MediaSubject } from '../delivery/media-shelf.js';
import { identifyFile } from '../io/file.js';
import { isUrl } from '../io/open-source.js';
import { FoundFiles } from './found-files.js';
import { readFolder } from './library-folder.js';
import { subjectOfFile } from './library-subject.js';
import { LibraryWalk, type LibraryListing, type Root } from './library-walk.js';
import { isMedia } from './media-names.js';
import { PictureFiles, type PicturesBeside } from './picture-files.js';
import { isFolderPicture } from './picture-names.js';
import {
  checkPath,
  isRemoteUrl,
  notFound,
  parseReference,
  parseRemoteUrl,
  writeReference,
} from './reference.js';
import { notAllowed, type RemoteLibrary, type RemoteOffer } from './remote-library.js';

/** A file, or something remote, that was found for a request. */
export interface LibraryFile {
  /** The file's name. */
  readonly name: string;
  /** Its name in URLs. */
  readonly ref: string;
  /** It, as something to be opened; what that knows is not for the outside. */
  readonly subject: MediaSubject;
  /** Finds the pictures that somebody has laid beside it; absent of what is elsewhere. */
  readonly findPictures?: () => Promise<PicturesBeside>;
}

/** The files under the given roots, and nothing else of the file system; and what may be had from elsewhere. */
export class Library {
  readonly #roots: readonly Root[];
  readonly #remote: RemoteLibrary | undefined;
  readonly #files = new FoundFiles();
  readonly #pictures = new PictureFiles(this.#files);

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

  /** What viewers may play by its address. */
  get remote(): RemoteOffer {
    return this.#remote?.offer ?? { allowed: false };
  }

  /** Lists the media files below the roots; hidden ones and links that lead out of their root are left out. */
  async list(): Promise<LibraryListing> {
    const walk = new LibraryWalk(readFolder);
    await this.walk(walk);
    return { items: walk.items, folders: walk.pictured, isTruncated: walk.isTruncated };
  }

  /**
   * The same, by a walk that somebody else looks at.
   * @param walk - a new one.
   */
  async walk(walk: LibraryWalk): Promise<void> {
    await walk.run(this.#roots);
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

  /**
   * Finds the picture of a folder, as {@link LibraryListing} names it.
   * @throws {RequestError} when the library does not offer such a thing.
   */
  async resolveFolderPicture(ref: string): Promise<MediaSubject> {
    const reference = parseReference(ref);
    const root = 'url' in reference ? undefined : this.#roots[reference.root];
    if ('url' in reference || root === undefined || 'subject' in root || root.isFile) throw notFound();
    if (!isFolderPicture(basename(reference.path))) throw notFound();
    const picture = await this.#pictures.find(join(root.realPath, reference.path), root.realPath);
    if (picture === undefined) throw notFound();
    return picture;
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
      if ('subject' in root) return { name: root.name, ref, subject: root.subject };
      const identity = await identifyFile(root.realPath);
      return this.#fileOf(ref, root.name, { realPath: root.realPath, identity }, root.realPath);
    }
    if (!isMedia(path)) throw notFound();
    const found = await this.#files.find(join(root.realPath, path), root.realPath);
    return this.#fileOf(ref, basename(path), found, root.realPath);
  }

  #fileOf(
    ref: string,
    name: string,
    { realPath, identity }: { readonly realPath: string; readonly identity: string | undefined },
    within: string,
  ): LibraryFile {
    return {
      name,
      ref,
      subject: subjectOfFile(realPath, name, within, identity),
      findPictures: () => this.#pictures.beside(realPath, within),
    };
  }
}

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
