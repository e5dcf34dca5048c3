import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnginePool } from '../engine/pool.js';
import { makeDemoClip } from '../engine/synthesis.js';
import { makeFolder } from '../io/make-folder.js';
import { cacheFolder } from './cache-folder.js';

/**
 * Gives the clip that is served when nothing else is; made once and kept in the user's cache.
 * @param engine - makes it.
 * @param version - of this program: another version may make another clip.
 * @param signal - ends the making.
 * @returns its path.
 * @throws {EngineError} when it cannot be made.
 */
export async function demoClip(engine: EnginePool, version: string, signal: AbortSignal): Promise<string> {
  const folder = await writableFolder();
  const path = join(folder, `demo-${version}.mkv`);
  if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  // Made beside its place, so that it appears whole, and nothing is left when an engine is ended in the middle of it.
  const workshop = await mkdtemp(join(folder, 'making-'));
  try {
    await makeDemoClip(engine, join(workshop, 'demo.mkv'), { signal });
    await rename(join(workshop, 'demo.mkv'), path);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return path;
}

/** The user's cache where there is one that can be written to, else the system's folder for temporary files. */
async function writableFolder(): Promise<string> {
  const folder = cacheFolder();
  try {
    await makeFolder(folder);
    return folder;
  } catch {
    const fallback = join(tmpdir(), 'segmint');
    await makeFolder(fallback);
    return fallback;
  }
}
