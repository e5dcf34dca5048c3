/** How long a viewer waits for the first fragment. */
import { spawn } from 'node:child_process';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { basename, dirname } from 'node:path';
import {
  openFile,
  streamTranscodeFmp4,
  streamTranscodeUniversal,
  type EnginePool,
  type Fmp4Stream,
  type UniversalOptions,
} from '../../src/index.js';
import { BoxWatch } from './box-watch.js';
import { segmint, type Command } from './program.js';

/** Milliseconds until the library has given the init segment and the first fragment, whole. */
export async function libraryMs(path: string, startMs: number, engine: EnginePool): Promise<number> {
  const startedAt = performance.now();
  return firstFragmentMs(streamTranscodeFmp4(await openFile(path), { startMs, engine }), startedAt);
}

/** The same of any container, its video encoded. */
export async function libraryEncodeMs(
  path: string,
  options: UniversalOptions & { readonly engine: EnginePool },
): Promise<number> {
  const startedAt = performance.now();
  const stream = streamTranscodeUniversal(await openFile(path), { ...options, forceVideoReencode: true });
  return firstFragmentMs(stream, startedAt);
}

async function firstFragmentMs(stream: Fmp4Stream, startedAt: number): Promise<number> {
  const lists = stream.chunks();
  await lists.next();
  await lists.next();
  const ms = performance.now() - startedAt;
  await lists.return?.();
  return ms;
}

/** A server of its own process. */
export interface RunningServer extends Disposable {
  /** Where it listens. */
  readonly url: string;
  /** Its process. */
  readonly pid: number;
}

/**
 * Starts `segmint serve` for a file's folder.
 * @param store - where it keeps what it made; with `none`, nothing is made ahead either.
 */
export async function startServer(path: string, store: 'memory' | 'none' = 'memory'): Promise<RunningServer> {
  const [program, ...args] = segmint(
    'serve',
    dirname(path),
    '--store',
    store,
    '--port',
    '0',
    '--log-level',
    'silent',
  );
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /http:\/\/\S+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new RangeError(`The server ended with ${code ?? 'a signal'}.`)));
  });
  return { url, pid: child.pid!, [Symbol.dispose]: () => child.kill('SIGTERM') };
}

/** Asks a server where it sends a file from. */
export async function streamUrl({ url }: RunningServer, path: string): Promise<URL> {
  const short = new URL(`stream.mp4?src=${encodeURIComponent(basename(path))}`, url);
  const response = await request(short);
  response.resume();
  return new URL(response.headers.location ?? '', url);
}

/** Milliseconds from the request until the first fragment has arrived, whole. */
export async function serverMs(url: URL, startMs: number): Promise<number> {
  const wanted = new URL(url);
  if (startMs > 0) wanted.searchParams.set('start', String(startMs / 1000));
  const startedAt = performance.now();
  const response = await request(wanted);
  const watch = new BoxWatch();
  for await (const chunk of response) {
    watch.push(chunk as Uint8Array);
    if (watch.hasFragment) break;
  }
  return performance.now() - startedAt;
}

/** Milliseconds from starting a program until the first byte of its first `moof`: all of the fragment comes later still. */
export async function programMs([program, ...args]: Command): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const watch = new BoxWatch();
  for await (const chunk of child.stdout) {
    watch.push(chunk as Uint8Array);
    if (watch.hasMoof) break;
  }
  const ms = performance.now() - startedAt;
  child.kill('SIGKILL');
  await ended;
  return ms;
}

function request(url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(url, { agent: false }, resolve).once('error', reject));
}
