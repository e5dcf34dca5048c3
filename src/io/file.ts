import { constants, type BigIntStats } from 'node:fs';
import { open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ChunkMemory, ReadOptions, Source, StreamOptions } from '../media/source.js';
import { OverloadedError, RequestError, SourceError } from '../errors.js';
import { abortable } from './abortable.js';
import { isInside } from './inside.js';
import { allocateChunk } from './recycled-memory.js';
import { systemCodeOf } from './system-code.js';

/**
 * Sizes of one sequential read. The first is small, so that the first bytes come at once also from a slow disk; the
 * later ones are where the rate stops rising (measured from the page cache, one read ahead: 256 KiB 4.6 GB/s, 1 MiB
 * 9.7, 2 MiB 11.4, 4 MiB 10.8).
 */
const FIRST_READ = 256 * 1024;
const LARGEST_READ = 2 * 1024 * 1024;
/** What is left before an announced end is read at once, rather than a little of it by itself. */
const LARGEST_LAST_READ = 3 * 1024 * 1024;
/** The first read behind an announced end; the next ones grow. What is missing is mostly the rest of one sample. */
const FIRST_READ_BEHIND = 32 * 1024;

/** Options of {@link openFile}. */
export interface FileSourceOptions extends ReadOptions {
  /** What messages call the file; the last part of its path by default. */
  readonly name?: string;
  /**
   * A folder that the file must lie in, or the file that it must be, without symbolic links: what was opened is judged, and
   * not what its path led to before.
   */
  readonly within?: string;
}

/**
 * Opens a regular file.
 * @param path - its path; symbolic links are followed.
 * @param options - a name and a signal.
 * @returns a seekable source, whose size is the file's at this moment: what is appended later is not read.
 * @throws {RequestError} when there is no such file, it is not a regular file, or lies elsewhere than it must.
 * @throws {SourceError} when it cannot be opened; {@link OverloadedError} when as many files are open as may be.
 */
export async function openFile(path: string, options: FileSourceOptions = {}): Promise<Source> {
  options.signal?.throwIfAborted();
  const name = options.name ?? basename(path);
  try {
    // Asked before opening, as to open a device may already do something; and after it, as the path may lead elsewhere by then.
    // To open a pipe that nobody writes to would block a thread for good.
    if (!(await stat(path)).isFile()) throw notRegular(name);
    const realPath = await realpath(path);
    const handle = await open(realPath, constants.O_RDONLY | NEVER_BLOCK);
    try {
      const facts = await handle.stat({ bigint: true });
      if (!facts.isFile()) throw notRegular(name);
      if (options.within !== undefined) await checkPlace(handle, realPath, options.within);
      options.signal?.throwIfAborted();
      return new FileSource(handle, name, realPath, Number(facts.size), identityOfFile(realPath, facts));
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw openError(error, name);
  }
}

/**
 * Writes the identity of a file: that of the source which {@link openFile} gives for it.
 * @param realPath - absolute, without symbolic links.
 * @param facts - of the file.
 */
export function identityOfFile(realPath: string, facts: Pick<BigIntStats, 'size' | 'mtimeNs'>): string {
  return `file:${realPath}:${facts.size}:${facts.mtimeNs}`;
}

/**
 * Tells the identity of a file without opening it.
 * @param realPath - absolute, without symbolic links.
 * @returns undefined when there is no such file.
 */
export async function identifyFile(realPath: string): Promise<string | undefined> {
  const facts = await stat(realPath, { bigint: true }).catch(() => undefined);
  return facts?.isFile() === true ? identityOfFile(realPath, facts) : undefined;
}

/** Windows knows neither such pipes nor the flag. */
const NEVER_BLOCK = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;

function notRegular(name: string): RequestError {
  return new RequestError(`${name} is not a regular file.`, 'invalid');
}

/**
 * Refuses a file that was opened elsewhere than where it must lie: a folder on its way may have become a symbolic link in the
 * meantime. Linux tells where an open file lies. Elsewhere the path is asked again, and has to lead to the same file.
 */
async function checkPlace(handle: FileHandle, path: string, within: string): Promise<void> {
  const told = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  const opened = told ?? (await realpath(path));
  const isThere = opened === within || isInside(within, opened);
  const isSame = told !== undefined || (await isSameFile(handle, opened));
  if (!isThere || !isSame) throw new RequestError('The path leads out of the library.', 'forbidden');
}

async function isSameFile(handle: FileHandle, path: string): Promise<boolean> {
  const [one, other] = await Promise.all([handle.stat({ bigint: true }), stat(path, { bigint: true })]);
  return one.dev === other.dev && one.ino === other.ino;
}

class FileSource implements Source {
  readonly seekable = true;
  readonly isLocal = true;
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly identity: string;
  readonly #handle: FileHandle;
  #closed: Promise<void> | undefined;

  constructor(handle: FileHandle, name: string, path: string, size: number, identity: string) {
    this.#handle = handle;
    this.name = name;
    this.path = path;
    this.size = size;
    this.identity = identity;
  }

  async *stream(offset: number, options: StreamOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal, memory, end = this.size } = options;
    let position = offset;
    let length = offset < end ? Math.min(FIRST_READ, end - offset) : FIRST_READ_BEHIND;
    let ahead: Promise<Uint8Array<ArrayBuffer>> | undefined;
    while (position < this.size) {
      const chunk = await abortable(ahead ?? this.#readAhead(position, length, memory), signal);
      memory?.lend(chunk, position);
      const wasWanted = position < end;
      position += chunk.length;
      length = Math.min(length * 2, LARGEST_READ);
      const left = Math.min(end, this.size) - position;
      if (left > 0) {
        // Who says where it ends wants all of it.
        if (options.end !== undefined) length = left <= LARGEST_LAST_READ ? left : LARGEST_READ;
        ahead = this.#readAhead(position, length, memory);
      } else {
        // What lies behind the end is read only when it is asked for.
        ahead = undefined;
        if (wasWanted) length = FIRST_READ_BEHIND;
      }
      yield chunk;
    }
  }

  async read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    return await abortable(this.#readFully(offset, length), options.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Closing waits for reads that are under way.
    this.#closed ??= this.#handle.close();
    await this.#closed;
  }

  #readAhead(
    offset: number,
    length: number,
    memory: ChunkMemory | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const read = this.#readFully(offset, length, memory);
    // Nobody may be waiting when it fails: the stream's consumer may have left.
    read.catch(() => undefined);
    return read;
  }

  async #readFully(offset: number, length: number, memory?: ChunkMemory): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#closed !== undefined) throw new SourceError(`${this.name} was read after it was closed.`);
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const bytes = memory?.take(wanted) ?? allocateChunk(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await this.#readOnce(bytes, filled, offset);
      if (bytesRead === 0) {
        throw new SourceError(`${this.name} became shorter while it was read.`, {
          context: { offset: offset + filled, size: this.size },
        });
      }
      filled += bytesRead;
    }
    return bytes;
  }

  async #readOnce(bytes: Uint8Array, filled: number, offset: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(bytes, filled, bytes.length - filled, offset + filled);
    } catch (cause) {
      throw new SourceError(`${this.name} could not be read: ${describe(cause)}.`, {
        cause,
        context: { offset: offset + filled },
      });
    }
  }
}

function openError(error: unknown, name: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RequestError(`There is no file ${name}.`, 'not_found', { cause: error });
  }
  const message = `${name} could not be opened: ${describe(error)}.`;
  // It is not the file that is at fault, and a moment later it can be opened.
  if (code === 'EMFILE' || code === 'ENFILE') return new OverloadedError(message, { cause: error });
  return new SourceError(message, { cause: error });
}

function describe(error: unknown): string {
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    case 'EIO':
      return 'the device reports an error';
    case 'ESTALE':
      return 'the file is gone from the network drive';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Of the system's errors alone: what Node itself does not take (`ERR_INVALID_ARG_VALUE`) is the caller's mistake. */
function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error ? systemCodeOf(error) : undefined;
}
