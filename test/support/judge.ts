import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CORPUS } from './corpus.js';
import { REPOSITORY } from './repository.js';

/** What a program has said. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  /** Its exit code. */
  readonly code: number;
}

const KEPT = join(REPOSITORY, '.cache', 'judged');

/**
 * Asks a program what it makes of a file. What it says of a file of the corpus is kept, for other tests and for the next run:
 * neither of the two changes.
 * @param program - `ffprobe` or `ffmpeg`.
 * @param args - the file among them.
 */
export async function judge(
  program: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
  path: string,
): Promise<Said> {
  if (!path.startsWith(CORPUS)) return await ask(program, args);
  const key = [versionOf(program), statSync(path).size, ...args].join('\0');
  const kept = join(KEPT, `${createHash('sha256').update(key).digest('hex')}.gz`);
  if (existsSync(kept)) return JSON.parse(gunzipSync(readFileSync(kept)).toString()) as Said;
  const said = await ask(program, args);
  mkdirSync(KEPT, { recursive: true });
  const unfinished = `${kept}.${process.pid}`;
  writeFileSync(unfinished, gzipSync(JSON.stringify(said), { level: 1 }));
  renameSync(unfinished, kept);
  return said;
}

const versions = new Map<string, string>();

function versionOf(program: string): string {
  let version = versions.get(program);
  version ??= execFileSync(program, ['-version'], { encoding: 'utf8' });
  versions.set(program, version);
  return version;
}

function ask(program: string, args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 2 ** 30 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code ?? 1) });
    });
  });
}
