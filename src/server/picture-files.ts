import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { MediaSubject } from '../delivery/media-shelf.js';
import { RequestError } from '../errors.js';
import type { FoundFiles } from './found-files.js';
import { subjectOfFile } from './library-subject.js';
import { chooseFilePicture, chooseFolderPicture, isPicture } from './picture-names.js';

/** Pictures that somebody has laid beside a file. */
export interface PicturesBeside {
  /** Its own. */
  readonly own: MediaSubject | undefined;
  /** That of its folder. */
  readonly folder: MediaSubject | undefined;
}

/**
 * Whether a picture lies beside a file.
 * @param file - as the library found it; of what is elsewhere nothing lies beside.
 */
export async function hasPictureBeside(file: {
  readonly findPictures?: () => Promise<PicturesBeside>;
}): Promise<boolean> {
  const { own, folder } = (await file.findPictures?.()) ?? {};
  return own !== undefined || folder !== undefined;
}

interface KnownFolder {
  /** When entries came or went last. */
  readonly changedNs: bigint;
  /** The pictures in it. */
  readonly names: readonly string[];
}

/** Pictures of a folder that are looked at. */
const MAX_NAMES = 20_000;

/** Names that are remembered, of all folders; a folder takes as much as a few more. */
const MAX_KNOWN_NAMES = 100_000;
const NAMES_A_FOLDER = 4;

/** A folder that changed so short a time ago may change once more without its time telling, in nanoseconds. */
const SETTLED_NS = 2_000_000_000n;

/** Finds pictures beside files. A list asks for each of its files: a folder is read once, and then whenever it has changed. */
export class PictureFiles {
  readonly #files: FoundFiles;
  readonly #known = new LRUCache<string, KnownFolder>({
    maxSize: MAX_KNOWN_NAMES,
    sizeCalculation: ({ names }) => names.length + NAMES_A_FOLDER,
  });

  /** @param files - finds each of them within its root. */
  constructor(files: FoundFiles) {
    this.#files = files;
  }

  /**
   * Finds the pictures beside a file. Hidden ones, and links that lead out of the root, are left out.
   * @param realPath - of the file; absolute, without symbolic links.
   * @param within - the folder that they must lie in; or the file itself, where it was named alone: then its own folder.
   */
  async beside(realPath: string, within: string): Promise<PicturesBeside> {
    const folder = dirname(realPath);
    const root = within === realPath ? folder : within;
    const names = await this.#namesIn(folder);
    const open = async (name: string | undefined): Promise<MediaSubject | undefined> =>
      name === undefined ? undefined : await this.find(join(folder, name), root);
    return {
      own: await open(chooseFilePicture(basename(realPath), names)),
      folder: await open(chooseFolderPicture(names)),
    };
  }

  /**
   * Finds a picture.
   * @param path - absolute; may lead over symbolic links.
   * @param within - the folder that it must lie in, without symbolic links.
   * @returns undefined when there is none, or it lies elsewhere.
   */
  async find(path: string, within: string): Promise<MediaSubject | undefined> {
    try {
      const { realPath, identity } = await this.#files.find(path, within);
      return subjectOfFile(realPath, basename(path), within, identity);
    } catch (error) {
      if (error instanceof RequestError) return undefined;
      throw error;
    }
  }

  async #namesIn(folder: string): Promise<readonly string[]> {
    const facts = await stat(folder, { bigint: true }).catch(() => undefined);
    if (facts === undefined) return [];
    const known = this.#known.get(folder);
    if (known?.changedNs === facts.mtimeNs) return known.names;
    const names = await readPictureNames(folder);
    const isSettled = BigInt(Date.now()) * 1_000_000n - facts.mtimeNs > SETTLED_NS;
    if (isSettled) this.#known.set(folder, { changedNs: facts.mtimeNs, names });
    return names;
  }
}

async function readPictureNames(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder).catch(() => []);
  return all.filter((name) => !name.startsWith('.') && isPicture(name)).slice(0, MAX_NAMES);
}
