import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside } from '../io/inside.js';
import { compareNames, isMedia } from './media-names.js';
import { chooseFolderPicture } from './picture-names.js';

/** A media file or a folder, in a folder of the library. */
export type FolderEntry = FolderFile | Subfolder;

/** A media file. */
export interface FolderFile {
  readonly kind: 'file';
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Time of the last change, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** A folder in another. */
export interface Subfolder {
  readonly kind: 'folder';
  readonly name: string;
  /** Where it is, without symbolic links. */
  readonly realPath: string;
}

/** What a folder holds, as far as the library shows it. */
export interface FolderReading {
  /** In a person's order. */
  readonly entries: readonly FolderEntry[];
  /** Name of the picture of the folder, where somebody has laid one into it. */
  readonly picture?: string | undefined;
  /** How many entries the folder has in all. */
  readonly count: number;
}

/** Reads a folder of the library, or knows what it holds. */
export type ReadFolder = (realPath: string, rootRealPath: string) => Promise<FolderReading>;

/** Files that are asked for their size at a time. */
const STAT_AT_ONCE = 32;

/**
 * Reads what a folder holds. Hidden entries are left out, and links that lead out of the root. A folder that cannot be read,
 * or is gone by now, is an empty one: the rest of the library is still of use.
 * @param realPath - the folder, without symbolic links.
 * @param rootRealPath - the root that it belongs to.
 */
export async function readFolder(realPath: string, rootRealPath: string): Promise<FolderReading> {
  const all = await readdir(realPath, { withFileTypes: true }).catch(() => []);
  const shown = all.filter(({ name }) => !name.startsWith('.')).sort((a, b) => compareNames(a.name, b.name));
  const entries: FolderEntry[] = [];
  for (let from = 0; from < shown.length; from += STAT_AT_ONCE) {
    const some = shown.slice(from, from + STAT_AT_ONCE);
    const read = await Promise.all(some.map((entry) => readEntry(realPath, rootRealPath, entry)));
    entries.push(...read.filter((entry) => entry !== undefined));
  }
  const files = shown.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  return { entries, picture: chooseFolderPicture(files), count: all.length };
}

async function readEntry(folder: string, root: string, entry: Dirent): Promise<FolderEntry | undefined> {
  const { name } = entry;
  const path = join(folder, name);
  if (entry.isDirectory()) return { kind: 'folder', name, realPath: path };
  if (entry.isFile()) return isMedia(name) ? fileOf(name, await factsOf(path)) : undefined;
  if (!entry.isSymbolicLink()) return undefined;
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined || !isInside(root, target)) return undefined;
  const facts = await factsOf(target);
  if (facts?.isDirectory() === true) return { kind: 'folder', name, realPath: target };
  return facts?.isFile() === true && isMedia(name) ? fileOf(name, facts) : undefined;
}

async function factsOf(path: string): Promise<Stats | undefined> {
  return await stat(path).catch(() => undefined);
}

function fileOf(name: string, facts: Stats | undefined): FolderFile | undefined {
  return facts && { kind: 'file', name, size: facts.size, modifiedMs: Math.round(facts.mtimeMs) };
}
