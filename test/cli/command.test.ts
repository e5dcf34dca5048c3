import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants as fsConstants, createReadStream } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool } from '../../src/engine/pool.js';
import type { StreamSummary } from '../../src/pipelines/stream-report.js';
import { fixtureNamed, fixturePath, SOUNDS } from '../support/fixtures.js';

// The command as people run it: a process with its arguments, pipes, signals and exit code.

const MAIN = join(import.meta.dirname, '../../src/cli/main.js');

interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function start(args: readonly string[], stdin: 'ignore' | 'pipe' | number = 'ignore'): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { stdio: [stdin, 'pipe', 'pipe'] });
}

async function ending(child: ChildProcess): Promise<Ended> {
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout!.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = codeOf((await once(child, 'close')) as [number | null, NodeJS.Signals | null]);
  return { code, stdout: Buffer.concat(stdout), stderr };
}

/** The exit code as a shell gives it. */
function codeOf([code, signal]: [number | null, NodeJS.Signals | null]): number | null {
  return signal === null ? code : 128 + constants.signals[signal];
}

function command(...args: string[]): Promise<Ended> {
  return ending(start(args));
}

const noFifo = process.platform === 'win32';

/** Reads a little from a pipe that does not block; 0 when there is nothing. */
async function readSome(pipe: FileHandle): Promise<number> {
  try {
    return (await pipe.read(new Uint8Array(16))).bytesRead;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

describe('segmint', () => {
  let folder: string;
  let film: string;
  /** More than any pipe holds. */
  let longSound: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-command-'));
    await using engine = createEnginePool({ size: 1 });
    film = await fixturePath(engine, fixtureNamed('h264-2997-aac'));
    const spec = { durationMs: 60_000, audio: [SOUNDS.flac] };
    longSound = await fixturePath(engine, { name: 'audio-only-flac-minute', spec });
  });
  after(async () => rm(folder, { recursive: true }));

  it('writes the same bytes from a file, a pipe and a web server, to a file and to a pipe', async () => {
    const out = join(folder, 'film.mp4');
    const toFile = await command('remux', film, '-o', out);
    assert.deepEqual([toFile.code, toFile.stdout.length, toFile.stderr], [0, 0, ''], 'silent in a pipe');
    const expected = md5(await readFile(out));

    const toPipe = await command('remux', film, '-o', '-');
    assert.deepEqual([toPipe.code, md5(toPipe.stdout), toPipe.stderr], [0, expected, '']);

    const fromPipe = start(['remux', '-', '-o', '-'], 'pipe');
    createReadStream(film, { highWaterMark: 1000 }).pipe(fromPipe.stdin!);
    assert.equal(md5((await ending(fromPipe)).stdout), expected);

    const handle = await open(film);
    const fromRedirection = await ending(start(['remux', '-', '-o', '-', '--start', '1'], handle.fd));
    await handle.close();
    const direct = await command('remux', film, '-o', '-', '--start', '1');
    assert.equal(md5(fromRedirection.stdout), md5(direct.stdout));
    assert.notEqual(md5(direct.stdout), expected);

    const server = createServer((_, response) => createReadStream(film).pipe(response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/film.mkv?secret=1`;
    const fromServer = await command('remux', url, '-o', '-');
    server.close();
    assert.equal(md5(fromServer.stdout), expected);
  });

  it('sums up as JSON, on standard error when the output is standard output', async () => {
    const out = join(folder, 'json.mp4');
    const toFile = await command('remux', film, '-o', out, '--json', '--audio-track', 'none');
    const summary = JSON.parse(toFile.stdout.toString()) as StreamSummary;
    assert.equal(summary.outcome, 'complete');
    assert.equal(summary.bytes, (await stat(out)).size);
    assert.deepEqual(
      summary.tracks.map(({ type, action }) => [type, action]),
      [['video', 'copy']],
    );
    const toPipe = await command('remux', film, '-o', '-', '--json');
    assert.equal((JSON.parse(toPipe.stderr) as StreamSummary).bytes, toPipe.stdout.length);
  });

  it('says what is in a file', async () => {
    const text = (await command('probe', film)).stdout.toString();
    assert.match(text, /1 +video +h264 +avc1\.[0-9a-f]{6} .*copy +\S/);
    assert.match(text, /2 +audio +aac +mp4a\.40\.2 +44100 Hz 2 ch .*copy +\S/);
    const json = await command('probe', film, '--json');
    const { container, tracks } = JSON.parse(json.stdout.toString()) as {
      container: string;
      tracks: unknown[];
    };
    assert.deepEqual([json.code, container, tracks.length], [0, 'matroska', 2]);
  });

  it('refuses to replace a file, unless it is told to', async () => {
    const out = join(folder, 'present.mp4');
    await writeFile(out, 'precious');
    const refused = await command('remux', film, '-o', out);
    assert.equal(refused.code, 2);
    assert.equal(refused.stderr, `segmint: ${out} exists; give --force to replace it.\n`);
    assert.equal(await readFile(out, 'utf8'), 'precious');
    assert.equal((await command('remux', film, '-o', out, '--force')).code, 0);
    assert.notEqual(await readFile(out, 'utf8'), 'precious');
  });

  it('leaves no half file behind: broken media, no media, Ctrl+C', async () => {
    const place = await mkdtemp(join(folder, 'none-'));
    const out = join(place, 'out.mp4');
    const noise = join(folder, 'noise.mkv');
    await writeFile(noise, Buffer.alloc(100_000, 0x5a));
    const refused = await command('remux', noise, '-o', out);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /^segmint: [^\n]+\.\n$/, 'one sentence');

    const interrupted = start(['remux', '-', '-o', out], 'pipe');
    const whole = await readFile(film);
    // More than enough to begin; then nothing comes any more.
    interrupted.stdin!.write(whole.subarray(0, Math.floor(whole.length * 0.8)));
    while ((await readdir(place)).length === 0) await new Promise(setImmediate);
    interrupted.kill('SIGINT');
    const ended = await ending(interrupted);
    assert.deepEqual([ended.code, ended.stderr], [130, '']);
    assert.deepEqual(await readdir(place), []);
  });

  it('ends at once on a signal when its reader takes nothing', async () => {
    const child = start(['remux', longSound, '-o', '-']);
    await once(child.stdout!, 'readable');
    child.kill('SIGTERM');
    const code = codeOf((await once(child, 'exit')) as [number | null, NodeJS.Signals | null]);
    assert.equal(code, 143);
    child.stdout!.destroy();
  });

  it('ends at once on a signal when the reader of a shell pipe takes nothing', { skip: noFifo }, async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const reader = await open(fifo, fsConstants.O_RDONLY | fsConstants.O_NONBLOCK);
    const writer = await open(fifo, 'w');
    const child = spawn(process.execPath, [MAIN, 'remux', longSound, '-o', '-'], {
      stdio: ['ignore', writer.fd, 'inherit'],
    });
    await writer.close();
    // It has begun once there is something to read; that nothing more is taken stops it.
    while ((await readSome(reader)) === 0) await new Promise(setImmediate);
    child.kill('SIGINT');
    const ended = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    assert.equal(codeOf(ended), 130);
    await reader.close();
  });

  it('ends without a word when its reader leaves', async () => {
    const child = start(['remux', '-', '-o', '-'], 'pipe');
    child.stdout!.destroy();
    child.stdin!.on('error', () => undefined);
    createReadStream(film).pipe(child.stdin!);
    const ended = await ending(child);
    assert.deepEqual([ended.code, ended.stderr], [141, '']);
  });

  it('encodes video when it is told to, and says so', async () => {
    const out = join(folder, 'encoded.mp4');
    const args = [
      '--video',
      'h264',
      '--height',
      '90',
      '--crf',
      '35',
      '--max-bitrate',
      '0.5M',
      '--preset',
      'ultrafast',
    ];
    const ended = await command('remux', film, '-o', out, '--duration', '1', '--json', ...args);
    assert.equal(ended.code, 0, ended.stderr);
    const { tracks } = JSON.parse(ended.stdout.toString()) as { tracks: Record<string, unknown>[] };
    assert.equal(tracks[0]!['action'], 'transcode');
    assert.equal(tracks[0]!['reason'], 'H.264 was asked for');
    assert.equal((await command('remux', film, '-o', out, '--force', '--crf', '60')).code, 2);
  });

  it('serves on a free port that it tells, until it is asked to stop', async () => {
    const child = start(['serve', film, '--store', 'memory', '--port', '0', '--log-level', 'silent']);
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(line.toString())![0];
    assert.equal((await fetch(new URL('healthz', url))).status, 200);
    const stream = await fetch(new URL(`stream.mp4?src=${encodeURIComponent(film.split('/').at(-1)!)}`, url));
    assert.equal(
      md5(Buffer.from(await stream.arrayBuffer())),
      md5((await command('remux', film, '-o', '-')).stdout),
    );

    const second = await command('serve', film, '--store', 'memory', '--port', new URL(url).port);
    assert.equal(second.code, 2);
    assert.match(second.stderr, /^segmint: Port \d+ of 127\.0\.0\.1 is in use; choose another with --port/);

    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0);
  });
});
