import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { systemCodeOf } from '../io/system-code.js';

let known: string | undefined;

/**
 * Names the engine's build without starting one: part of the identity of everything that an engine makes. Another
 * version of FFmpeg's libraries, or another kind of processor, may give other bytes. Found out once: a program that is left
 * running asks for it first when it starts, as where no more files can be opened Node would remember that there is no such module.
 */
export function engineBuild(): string {
  known ??= findBuild();
  return known;
}

function findBuild(): string {
  // The export map does not name the manifest, so it is looked for above the module.
  const entry = createRequire(import.meta.url).resolve('node-av');
  return `node-av ${findVersion(dirname(entry))} ${process.platform} ${process.arch}`;
}

function findVersion(folder: string): string {
  const manifest = readManifest(folder);
  if (manifest?.name === 'node-av') return manifest.version ?? 'unknown';
  const parent = dirname(folder);
  return parent === folder ? 'unknown' : findVersion(parent);
}

function readManifest(folder: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
