import { randomBytes } from 'node:crypto';
import { open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RequestError } from '../errors.js';
import type { Output } from './output.js';
import { OutputError } from './output-error.js';
import { writeVector } from '../io/write-vector.js';

/**
 * Opens a file for output. A regular file is written under another name beside it and takes its own only when it is
 * whole, so that no half file is ever taken for a whole one. What is no regular file, such as `/dev/null` or a named pipe,
 * is written directly.
 * @param path - where to.
 * @param options - `force` replaces a file that is there.
 * @throws {RequestError} when there is a file and it is not to be replaced.
 * @throws {OutputError} when it cannot be opened.
 */
export async function openFileOutput(path: string, options: { readonly force: boolean }): Promise<Output> {
  try {
    const present = await stat(path).catch(() => undefined);
    if (present !== undefined && !present.isFile() && !present.isDirectory()) {
      return new FileOutput(path, path, await open(path, 'w'));
    }
    if (present?.isFile() === true && !options.force) {
      throw new RequestError(`${path} exists; give --force to replace it.`);
    }
    const partPath = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
    return new FileOutput(path, partPath, await open(partPath, 'wx'));
  } catch (error) {
    throw error instanceof RequestError ? error : new OutputError(path, error);
  }
}

class FileOutput implements Output {
  readonly name: string;
  readonly #partPath: string;
  readonly #handle: FileHandle;
  #isDone = false;

  constructor(path: string, partPath: string, handle: FileHandle) {
    this.name = path;
    this.#partPath = partPath;
    this.#handle = handle;
  }

  async write(list: readonly Uint8Array[]): Promise<void> {
    try {
      await writeVector((rest) => this.#handle.writev(rest), list);
    } catch (cause) {
      throw new OutputError(this.name, cause);
    }
  }

  async commit(): Promise<void> {
    try {
      await this.#handle.close();
      if (this.#partPath !== this.name) await rename(this.#partPath, this.name);
      this.#isDone = true;
    } catch (cause) {
      throw new OutputError(this.name, cause);
    }
  }

  async discard(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    // Waits for a write that is under way.
    await this.#handle.close().catch(() => undefined);
    if (this.#partPath !== this.name) await unlink(this.#partPath).catch(() => undefined);
  }
}
