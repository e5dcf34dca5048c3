import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RequestError } from '../errors.js';
import { makeFolder } from '../io/make-folder.js';
import { systemCodeOf } from '../io/system-code.js';
import { openFileOutput } from './file-output.js';
import { OutputError } from './output-error.js';

/** A folder that a command fills with files, each of which is there whole or not at all. */
export class FolderOutput {
  /** Its path. */
  readonly path: string;
  readonly #made = new Map<string, Promise<unknown>>();

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens a folder, which is made when it is first written to.
   * @param path - the folder; those above it are made as well.
   * @param options - `force` lets files be replaced, and others stay beside them.
   * @throws {RequestError} when there is something in it, and `force` is not set, or when it is a file.
   * @throws {OutputError} when it cannot be looked into.
   */
  static async open(path: string, { force }: { readonly force: boolean }): Promise<FolderOutput> {
    try {
      const entries = await readdir(path);
      if (entries.length > 0 && !force) {
        throw new RequestError(`${path} is not empty; give --force to write into it all the same.`);
      }
    } catch (error) {
      if (error instanceof RequestError) throw error;
      if (systemCodeOf(error) === 'ENOTDIR') throw new RequestError(`${path} is not a folder.`);
      if (systemCodeOf(error) !== 'ENOENT') throw new OutputError(path, error);
    }
    return new FolderOutput(path);
  }

  /**
   * Writes a file. Calls may run side by side.
   * @param folder - the folder in this one; empty for this one itself.
   * @param name - the file's name.
   * @param chunks - its bytes.
   * @throws {OutputError} when it cannot be written; nothing of it is then left behind.
   */
  async write(folder: string, name: string, chunks: readonly Uint8Array[]): Promise<void> {
    const parent = join(this.path, folder);
    await this.#make(parent);
    const output = await openFileOutput(join(parent, name), { force: true });
    try {
      await output.write(chunks);
      await output.commit();
    } catch (error) {
      await output.discard();
      throw error;
    }
  }

  #make(folder: string): Promise<unknown> {
    let making = this.#made.get(folder);
    if (making === undefined) {
      making = makeFolder(folder).catch((cause: unknown) => {
        throw new OutputError(folder, cause);
      });
      this.#made.set(folder, making);
    }
    return making;
  }
}
