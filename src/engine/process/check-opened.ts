import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { SourceError } from '../../errors.js';

/** Where Linux tells what a process has open. */
const DESCRIPTORS = '/proc/self/fd';

/** What Linux writes behind the path of a file that was removed, or replaced by another, after it was opened. */
const REMOVED = ' (deleted)';

/**
 * Refuses what was opened by a path that by then led elsewhere: between the parent's look at a file and the opening here, a
 * folder on its way may have become a symbolic link. Linux tells where open files lie; elsewhere the path is asked once more.
 * @param path - what was opened: absolute, without symbolic links.
 * @throws {SourceError} when no open file lies there.
 */
export function checkOpened(path: string): void {
  const opened = listOpened() ?? [realpathSync(path)];
  if (!opened.includes(path) && !opened.includes(path + REMOVED)) {
    throw new SourceError('The path of the file leads elsewhere now.');
  }
}

/** Paths of the files that this process has open; undefined where the system does not tell. */
function listOpened(): readonly string[] | undefined {
  try {
    return readdirSync(DESCRIPTORS).flatMap((descriptor) => targetOf(descriptor) ?? []);
  } catch {
    return undefined;
  }
}

function targetOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`${DESCRIPTORS}/${descriptor}`);
  } catch {
    // The one by which they are listed is closed by now.
    return undefined;
  }
}
