import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool } from '../src/engine/pool.js';
import { fixtureNamed, fixturePath } from './support/fixtures.js';

const MAIN = join(import.meta.dirname, '../src/cli/main.js');
const TOKEN = 'hunter2hunter2hunter2';

/** Serves one file by ranges, and holds its answers while it is told to. */
class HoldingServer {
  readonly #server: Server;
  #held = Promise.resolve();
  #release = (): void => undefined;
  #asked = (): void => undefined;

  private constructor(path: string, size: number) {
    this.#server = createServer((request, response) => {
      const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
      const range = { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
      this.#asked();
      void this.#held.then(() => {
        if (request.url?.startsWith('/absent') === true) {
          response.writeHead(500).end();
          return;
        }
        response.writeHead(206, {
          'content-range': `bytes ${range.start}-${range.end}/${size}`,
          'content-length': range.end - range.start + 1,
          etag: '"1"',
        });
        createReadStream(path, range).pipe(response);
      });
    });
  }

  static async start(path: string): Promise<HoldingServer> {
    const server = new HoldingServer(path, (await stat(path)).size);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Holds all answers from now on; settles when one is asked for. */
  hold(): Promise<void> {
    this.#held = new Promise((resolve) => (this.#release = resolve));
    return new Promise((resolve) => (this.#asked = resolve));
  }

  release(): void {
    this.#release();
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('a server that is run by its settings', () => {
  let folder: string;
  let film: string;
  let source: HoldingServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-operations-'));
    await using engine = createEnginePool({ size: 1 });
    film = await fixturePath(engine, fixtureNamed('h264-2997-aac'));
    source = await HoldingServer.start(film);
  });
  after(async () => {
    source.stop();
    await rm(folder, { recursive: true });
  });

  it('is ready, tells what it does but no secret, and ends in order on SIGTERM', async () => {
    const config = join(folder, 'segmint.yaml');
    const lines = [
      `roots: [${JSON.stringify(film)}]`,
      ...['port: 0', 'store: kept', 'engines: 1', 'allow-remote: true', 'shutdown-timeout: 60s'],
      `remote-host: ["${source.host}"]`,
    ];
    await writeFile(config, lines.join('\n'));
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SEGMINT_CONFIG: config, SEGMINT_LOG_LEVEL: 'debug' },
    });
    let records = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (records += text));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(line.toString())![0];
    const get = (path: string): Promise<Response> => fetch(new URL(path, url));

    const ready = await get('readyz');
    assert.deepEqual(
      [ready.status, await ready.json()],
      [200, { status: 'ready', parts: { engine: 'works', store: 'works' } }],
    );

    const remote = encodeURIComponent(`http://${source.host}/film.mkv?token=${TOKEN}`);
    const master = await get(`master.m3u8?src=${remote}`);
    const rendition = /^(v1-[^/]+)\/playlist\.m3u8$/m.exec(await master.text())![1]!;
    const item = master.url.replace(/master\.m3u8$/, '');
    const first = await (await fetch(`${item}${rendition}/0.m4s`)).arrayBuffer();
    assert.ok(first.byteLength > 1000);
    await (await get(`stream.mp4?src=${encodeURIComponent(basename(film))}`)).arrayBuffer();
    await (await fetch(`${item}stream.mp4`)).arrayBuffer();
    const absent = encodeURIComponent(`http://${source.host}/absent.mkv?token=${TOKEN}`);
    assert.equal((await get(`stream.mp4?src=${absent}`)).status, 502);
    const metrics = await (await get('metrics')).text();
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
    assert.equal(value('segmint_engines'), 1);
    assert.ok(value('segmint_engine_resident_bytes') > 10_000_000);
    assert.ok(value('segmint_engine_jobs_total') >= 1, 'the one that readiness asked for');
    assert.ok(value('segmint_store_misses_total') >= 1 && value('segmint_store_memory_bytes') > 1000);
    assert.match(metrics, /^segmint_streams_total\{outcome="complete"\} 2$/m);

    // Another file for the server, of which it has nothing so far.
    const asked = source.hold();
    const slow = get(`stream.mp4?src=${encodeURIComponent(`http://${source.host}/other.mkv`)}`);
    slow.catch(() => undefined);
    await asked;
    const engines = await childrenOf(child.pid!);
    child.kill('SIGTERM');
    while ((await get('readyz')).status !== 503) await new Promise(setImmediate);
    source.release();
    const answer = await slow;
    assert.equal(answer.status, 200);
    assert.ok((await answer.arrayBuffer()).byteLength > first.byteLength, 'what was under way is sent');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    for (const pid of engines) await gone(pid);

    assert.ok(records.includes('segment delivered') && records.includes('request answered'));
    assert.match(records, /"status":200,[^\n]*"msg":"request answered"\}\n$/, 'to the last one');
    assert.match(records, /"level":50,[^\n]*"msg":"request failed"\}\n/);
    assert.ok(!records.includes(TOKEN));
    assert.ok(
      !records.includes(Buffer.from(`http://${source.host}/film.mkv`).toString('base64url').slice(0, 20)),
    );
  });

  it('does not start with wrong settings, and says where they stand', async () => {
    const config = join(folder, 'wrong.yaml');
    await writeFile(config, '# of ours\nport: 8080\nchache-size: 1G\n');
    const child = spawn(process.execPath, [MAIN, 'serve', '--config', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 2);
    assert.equal(
      complaint,
      `segmint: ${config}:3: there is no setting chache-size; did you mean cache-size?\n`,
    );
  });
});

async function childrenOf(pid: number): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .trim()
    .split(' ')
    .filter((id) => id !== '')
    .map(Number);
}

/** Settles when a process is gone. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise(setImmediate);
  }
}
