import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import * as nodeFileSystem from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder } from '../io/make-folder.js';
import { readVector } from '../io/read-vector.js';
import { systemCodeOf } from '../io/system-code.js';
import { writeVector } from '../io/write-vector.js';
import { digestKey } from './sealed-object.js';

/** The functions of `node:fs/promises` that a {@link DiskFolder} uses. */
export type DiskFileSystem = Pick<
  typeof nodeFileSystem,
  'access' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'stat' | 'statfs' | 'unlink' | 'utimes'
>;

/** A file as it was read. */
export interface ReadFile {
  /** Bytes that were read: all that it has, or none of what cannot be ours. */
  readonly bytes: number;
  /** When it was used last, in milliseconds since 1970. */
  readonly usedMs: number;
}

/** A file's size and the time of its last use. */
export interface FileFacts {
  /** Bytes in it. */
  readonly size: number;
  /** When it was used last, in milliseconds since 1970. */
  readonly usedMs: number;
}

/** A file in the making that nobody has finished for so long was given up, whoever began it. */
const abandonedMs = 15 * 60_000;

const objectPattern = /^[0-9a-f]{64}\.segment$/;
const partPattern = /^([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{16}\.part$/;
const fanOutPattern = /^[0-9a-f]{2}$/;

/** Neither a pipe that nobody writes to nor a link to elsewhere is opened. Windows has neither flag; both are then 0. */
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** This machine, in the names of files in the making. */
const machine = hexDigest(hostname()).slice(0, 8);

/** Names the file of an object. Nothing of the key is in it, so that no key leads anywhere. */
export function fileNameOf(key: string): string {
  return `${hexDigest(key)}.segment`;
}

/**
 * The files of a store: each whole under its name, or not there. A file is written beside the others and renamed, so that
 * no reader, no crash and no other process ever sees a part of one. It is not flushed to the disk itself: a power failure
 * may leave a file that is not what was written, which its seal shows, and what is kept here can be made again.
 */
export class DiskFolder {
  readonly #root: string;
  readonly #making: string;
  readonly #fs: DiskFileSystem;

  /**
   * @param folder - where; the files lie in a folder `segments` of it, which nobody else may use.
   * @param fileSystem - what does the work.
   */
  constructor(folder: string, fileSystem: DiskFileSystem = nodeFileSystem) {
    this.#root = join(folder, 'segments');
    this.#making = join(this.#root, 'making');
    this.#fs = fileSystem;
  }

  /**
   * Makes the folder, readable by its owner alone, where it is not there.
   * @throws the system's error, also when it cannot be written to.
   */
  async prepare(): Promise<void> {
    await makeFolder(this.#making, { mode: 0o700, fileSystem: this.#fs });
    for (const folder of [this.#root, this.#making]) {
      await this.#fs.access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    }
  }

  /**
   * Reads a file.
   * @param maxBytes - no file of ours is larger.
   * @param allocate - gives memory for that many bytes, which are filled from the first on; not asked of what cannot be ours.
   * @returns undefined when there is none.
   * @throws the system's error.
   */
  async read(
    name: string,
    maxBytes: number,
    allocate: (bytes: number) => readonly Uint8Array[],
  ): Promise<ReadFile | undefined> {
    try {
      const handle = await this.#fs.open(this.#pathOf(name), readFlags);
      try {
        const facts = await handle.stat();
        const isOurs = facts.isFile() && facts.size <= maxBytes;
        const bytes = isOurs ? await readVector(handle, allocate(facts.size)) : 0;
        return { bytes, usedMs: facts.mtimeMs };
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (isAbsence(error)) return undefined;
      if (systemCodeOf(error) === 'ELOOP') return { bytes: 0, usedMs: 0 };
      throw error;
    }
  }

  /**
   * Writes a file, at once as a whole for whoever looks. Replaces one of that name.
   * @param chunks - not changed before the promise settles.
   * @throws the system's error; nothing is left then.
   */
  async write(name: string, chunks: readonly Uint8Array[]): Promise<void> {
    const part = join(this.#making, `${machine}-${process.pid}-${randomBytes(8).toString('hex')}.part`);
    try {
      const handle = await this.#create(part);
      try {
        await writeVector((list) => handle.writev(list), chunks);
      } finally {
        await handle.close();
      }
      await this.#moveTo(name, part);
    } catch (error) {
      await this.#unlink(part).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Removes a file, if it is there.
   * @throws the system's error.
   */
  async remove(name: string): Promise<void> {
    await this.#unlink(this.#pathOf(name));
  }

  /** Tells of a file; undefined when it is not there, or not a file. */
  async facts(name: string): Promise<FileFacts | undefined> {
    try {
      const facts = await this.#fs.stat(this.#pathOf(name));
      return facts.isFile() ? { size: facts.size, usedMs: facts.mtimeMs } : undefined;
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  }

  /** Notes in the file that it was used now, for other processes and for later. */
  async touch(name: string, nowMs: number): Promise<void> {
    await this.#fs.utimes(this.#pathOf(name), nowMs / 1000, nowMs / 1000);
  }

  /**
   * Lists the names of all files.
   * @param signal - ends it.
   */
  async list(signal: AbortSignal): Promise<Set<string>> {
    const names = new Set<string>();
    for (const folder of await this.#fs.readdir(this.#root)) {
      signal.throwIfAborted();
      if (!fanOutPattern.test(folder)) continue;
      for (const rest of await this.#namesIn(join(this.#root, folder))) {
        const name = folder + rest;
        if (objectPattern.test(name)) names.add(name);
      }
    }
    return names;
  }

  /**
   * Removes what was never finished: by processes of this machine that are no more, and by any long ago.
   * @param nowMs - milliseconds since 1970.
   */
  async sweep(nowMs: number): Promise<void> {
    for (const part of await this.#namesIn(this.#making)) {
      const [, where, pid] = partPattern.exec(part) ?? [];
      if (pid === undefined) continue;
      const path = join(this.#making, part);
      const isOver = where === machine && !isRunning(Number(pid));
      const facts = isOver ? undefined : await this.#fs.stat(path).catch(() => undefined);
      if (isOver || (facts !== undefined && nowMs - facts.mtimeMs > abandonedMs)) await this.#unlink(path);
    }
  }

  /** Bytes that may still be written to the disk by those who are not its administrators. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await this.#fs.statfs(this.#root);
    return bavail * bsize;
  }

  /** Caches are emptied from outside, folders and all, while a server runs. */
  async #create(part: string): Promise<nodeFileSystem.FileHandle> {
    try {
      return await this.#fs.open(part, 'wx', 0o600);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      await makeFolder(this.#making, { mode: 0o700, fileSystem: this.#fs });
      return await this.#fs.open(part, 'wx', 0o600);
    }
  }

  async #moveTo(name: string, part: string): Promise<void> {
    const path = this.#pathOf(name);
    try {
      await this.#fs.rename(part, path);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      await makeFolder(dirname(path), { mode: 0o700, fileSystem: this.#fs });
      await this.#fs.rename(part, path);
    }
  }

  async #unlink(path: string): Promise<void> {
    try {
      await this.#fs.unlink(path);
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
  }

  async #namesIn(folder: string): Promise<string[]> {
    try {
      return await this.#fs.readdir(folder);
    } catch (error) {
      if (isAbsence(error)) return [];
      throw error;
    }
  }

  /** In one of 256 folders, by the first two digits. */
  #pathOf(name: string): string {
    return join(this.#root, name.slice(0, 2), name.slice(2));
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It may be another user's.
    return systemCodeOf(error) !== 'ESRCH';
  }
}

function hexDigest(text: string): string {
  return Buffer.from(digestKey(text)).toString('hex');
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
}
