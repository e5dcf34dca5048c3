import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How long something may take to be so in a browser, in milliseconds: far longer than it does, on a busy machine too. */
export const PATIENCE_MS = 60_000;

/** Path of the first of some programs that the PATH has; undefined when it has none of them. */
export function findProgram(names: readonly string[]): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
