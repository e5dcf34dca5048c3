import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvariantError } from '../errors.js';

/**
 * Finds the package's own folder, which holds `package.json` and `web/dist/`, from wherever the code was compiled to.
 * @throws {InvariantError} when the package was taken apart.
 */
export function findPackageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new InvariantError('The package.json of segmint is missing.');
  }
}
