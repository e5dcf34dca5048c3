import { realpath, stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { RequestError } from '../errors.js';
import { identityOfFile } from '../io/file.js';
import { isInside } from '../io/inside.js';
import { notFound } from './reference.js';

/** A file that was found. */
export interface FoundFile {
  /** Absolute, without symbolic links. */
  readonly realPath: string;
  /** What it is now, as {@link identityOfFile} writes it. */
  readonly identity: string;
}

interface KnownPlace {
  readonly realPath: string;
  /** The file that it led to. */
  readonly device: bigint;
  readonly inode: bigint;
  /** When it was asked where the path leads. */
  readonly askedAtMs: number;
}

/** A file may be moved, and its path lead to it all the same; it is then found at its new place after this long. */
const KNOWN_MS = 10_000;
const MAX_KNOWN = 4096;

/**
 * Finds files by their paths. A player asks for a file every few seconds, and each question to the file system takes a
 * thread: one is asked each time, which tells whether the path still leads to the file that it led to, and as it was.
 */
export class FoundFiles {
  readonly #known = new LRUCache<string, KnownPlace>({ max: MAX_KNOWN });
  readonly #now: () => number;

  /** @param now - milliseconds; the system's monotonic clock when absent. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Finds a file.
   * @param path - absolute; may lead over symbolic links.
   * @param within - the folder that it must lie in, without symbolic links.
   * @throws {RequestError} `not_found` when there is no file, `forbidden` when it lies elsewhere.
   */
  async find(path: string, within: string): Promise<FoundFile> {
    const facts = await stat(path, { bigint: true }).catch(() => undefined);
    const known = this.#known.get(path);
    const isSame = facts !== undefined && known?.device === facts.dev && known.inode === facts.ino;
    if (isSame && facts.isFile() && this.#now() - known.askedAtMs < KNOWN_MS) {
      return { realPath: known.realPath, identity: identityOfFile(known.realPath, facts) };
    }
    this.#known.delete(path);
    const realPath = await realpath(path).catch(() => {
      throw notFound();
    });
    if (!isInside(within, realPath)) {
      throw new RequestError('The path leads out of the library.', 'forbidden');
    }
    // Asked where it lies: the path may lead elsewhere by now.
    const found = await stat(realPath, { bigint: true }).catch(() => undefined);
    if (found?.isFile() !== true) throw notFound();
    this.#known.set(path, {
      realPath,
      device: found.dev,
      inode: found.ino,
      askedAtMs: this.#now(),
    });
    return { realPath, identity: identityOfFile(realPath, found) };
  }
}
