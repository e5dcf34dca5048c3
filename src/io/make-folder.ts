import * as nodeFileSystem from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf } from './system-code.js';

/** How {@link makeFolder} makes it. */
export interface FolderOptions {
  /** Permissions of what is made; the system's usual ones when absent. */
  readonly mode?: number | undefined;
  /** What does the work; the system's own when absent. */
  readonly fileSystem?: Pick<typeof nodeFileSystem, 'mkdir' | 'stat'> | undefined;
}

/**
 * Makes a folder, and those above it, where they are not there. Node's own way to do so never ends where the system refuses a
 * name as if the folder above it were missing: `/proc` does, and network mounts may.
 * @param path - absolute.
 * @param options - permissions.
 * @throws the system's error.
 */
export async function makeFolder(path: string, options: FolderOptions = {}): Promise<void> {
  const { mode, fileSystem = nodeFileSystem } = options;
  const make = async (): Promise<void> => {
    try {
      await fileSystem.mkdir(path, { mode });
    } catch (error) {
      const isFolder = systemCodeOf(error) === 'EEXIST' && (await fileSystem.stat(path)).isDirectory();
      if (!isFolder) throw error;
    }
  };
  try {
    await make();
  } catch (error) {
    const above = dirname(path);
    if (systemCodeOf(error) !== 'ENOENT' || above === path) throw error;
    await makeFolder(above, options);
    await make();
  }
}
