/** Runs programs as a user does and watches what they cost. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../src/errors.js';
import { FamilyMemory } from './process-family.js';

/** A command line. */
export type Command = readonly [program: string, ...args: string[]];

/** What a run cost. */
export interface Cost {
  /** From the start of the process until the last byte has arrived and it has ended. */
  readonly ms: number;
  /** Largest resident memory of the process and its children, added up; undefined where the system does not tell. */
  readonly peakBytes: number | undefined;
}

/** The `segmint` command as it ships. */
export function segmint(...args: string[]): Command {
  return [process.execPath, fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url)), ...args];
}

/** What ffmpeg is asked for to make the same kind of output. */
export const fragmentedMp4 = ['-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4'];

/** The `ffmpeg` command. */
export function ffmpeg(...args: string[]): Command {
  return ['ffmpeg', '-v', 'error', '-nostdin', '-y', ...args];
}

/** The system's ffmpeg; undefined when there is none. */
export function ffmpegVersion(): string | undefined {
  const { status, stdout } = spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' });
  return status === 0 ? /^ffmpeg version (\S+)/.exec(stdout)?.[1] : undefined;
}

/**
 * Runs a program to its end. Its output goes, as with `program | cat > /dev/null`, through a pipe to a reader that does
 * nothing else than read.
 * @param command - writes to standard output.
 * @throws {EngineError} when it fails.
 */
export async function runIntoPipe(command: Command): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'segmint-bench-pipe-'));
  const fifo = join(folder, 'pipe');
  try {
    spawnSync('mkfifo', [fifo]);
    const env = { ...process.env, FIFO: fifo };
    const reader = spawn('sh', ['-c', 'exec cat < "$FIFO" > /dev/null'], { env, stdio: 'ignore' });
    const startedAt = performance.now();
    const writer = spawn('sh', ['-c', 'exec "$@" > "$FIFO"', 'sh', ...command], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [peakBytes] = await Promise.all([watch(writer), endOf(writer, command), endOf(reader, ['cat'])]);
    return { ms: performance.now() - startedAt, peakBytes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program to its end; what it writes to standard output is thrown away by the system. */
export async function runToNowhere(command: Command): Promise<Cost> {
  const [program, ...args] = command;
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [peakBytes] = await Promise.all([watch(child), endOf(child, command)]);
  return { ms: performance.now() - startedAt, peakBytes };
}

const watchMs = 20;

/** Looks at the memory of a process and its children until it has ended. */
function watch(child: ChildProcess): Promise<number | undefined> {
  const memory = new FamilyMemory();
  const timer = setInterval(() => {
    if (child.pid !== undefined) memory.look(child.pid);
  }, watchMs);
  return new Promise((resolve) => {
    child.once('exit', () => {
      clearInterval(timer);
      resolve(memory.peakBytes);
    });
  });
}

function endOf(child: ChildProcess, command: Command): Promise<void> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new EngineError(`${command.join(' ')} ended with ${code ?? signal}: ${complaint.trim()}`));
    });
  });
}
