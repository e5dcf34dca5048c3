import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LimitExceededError } from '../errors.js';
import type { ReadOptions, Source } from '../media/source.js';
import { identifyFile, openFile } from './file.js';
import { isInside } from './inside.js';

/** A file that lies in the folder of another. */
export interface FileBeside {
  /** Its name. */
  readonly name: string;
  /** Changes whenever its bytes do. */
  readonly identity: string;
  /**
   * Reads all of it.
   * @throws {LimitExceededError} when it has more bytes than are accepted; {@link SourceError} when it cannot be read.
   */
  read(maxBytes: number, options?: ReadOptions): Promise<Uint8Array>;
  /**
   * Opens it, to be read in parts.
   * @throws {SourceError} when it cannot be opened.
   */
  open(options?: ReadOptions): Promise<Source>;
}

/** More than anyone has of one film. */
const MAX_FILES = 64;

/**
 * Lists the files that lie beside a file and begin with its name without its ending. Hidden ones, and links that lead out of
 * the root, are left out.
 * @param realPath - of the file; absolute, without symbolic links.
 * @param within - the folder that they must lie in; or the file itself, where it was named alone: then its own folder.
 * @returns in order of their names; none where the folder cannot be read.
 */
export async function listFilesBeside(realPath: string, within: string): Promise<FileBeside[]> {
  const folder = dirname(realPath);
  const root = within === realPath ? folder : within;
  const start = basename(realPath)
    .replace(/\.[^.]*$/, '')
    .normalize()
    .toLowerCase();
  const names = await readdir(folder).catch(() => []);
  const alike = names
    .filter((name) => name.normalize().toLowerCase().startsWith(`${start}.`) && name !== basename(realPath))
    .sort()
    .slice(0, MAX_FILES);
  const found = await Promise.all(alike.map((name) => findFile(join(folder, name), name, root)));
  return found.filter((file) => file !== undefined);
}

async function findFile(path: string, name: string, root: string): Promise<FileBeside | undefined> {
  const realPath = await realpath(path).catch(() => undefined);
  if (realPath === undefined || !isInside(root, realPath)) return undefined;
  const identity = await identifyFile(realPath);
  if (identity === undefined) return undefined;
  const open = ({ signal }: ReadOptions): Promise<Source> =>
    openFile(realPath, { name, within: root, ...(signal && { signal }) });
  return {
    name,
    identity,
    open: async (options = {}) => await open(options),
    read: async (maxBytes, options = {}) => {
      await using source = await open(options);
      const size = source.size ?? 0;
      if (size > maxBytes) {
        throw new LimitExceededError(
          `The file ${name} has ${size} bytes, and at most ${maxBytes} are accepted.`,
        );
      }
      return await source.read(0, size, options);
    },
  };
}
