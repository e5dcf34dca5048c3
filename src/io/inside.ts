import { isAbsolute, relative, sep } from 'node:path';

/**
 * Whether a path lies below a folder.
 * @param folder - absolute, without symbolic links.
 * @param path - the same.
 */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
