/** segmint behind the apps of the documentation: each example runs as it stands, and ffmpeg plays what it serves. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import HLS from 'hls-parser';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { createMediaHandler } from '../src/server/media-handler.js';
import { fixturePath, PICTURES, SOUNDS } from './support/fixtures.js';
import { REPOSITORY } from './support/repository.js';
import { RunningExample } from './support/run-example.js';
import { SegmintServer } from './support/segmint-server.js';
import { fetchText } from './support/served-hls.js';
import { missingTools } from './support/tools.js';

const SECRET = `app:${'k'.repeat(40)}`;

describe('the examples of embedding', { skip: missingTools('embedding', 'ffmpeg'), timeout: 300_000 }, () => {
  let engine: EnginePool;
  let folder: string;
  let film: string;

  before(async () => {
    engine = createEnginePool({ size: 1 });
    const spec = { durationMs: 8000, video: [PICTURES.h264], audio: [SOUNDS.eac3] };
    folder = mkdtempSync(join(tmpdir(), 'segmint-embedding-'));
    film = join(folder, 'film.mkv');
    copyFileSync(await fixturePath(engine, { name: 'embedded', spec }), film);
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  for (const name of ['embed-express', 'embed-fastify', 'embed-hono']) {
    it(`${name} serves a film below a path of its own`, async () => {
      await using app = await RunningExample.start(name, [film]);
      const master = new URL('/media/m/big-buck-bunny/master.m3u8?ladder=none', app.url);
      assert.equal(HLS.parse(await fetchText(master)).isMasterPlaylist, true);
      assert.equal(countPictures(master), countPictures(film));
      assert.equal(countPictures(new URL('stream.mp4', master)), countPictures(film));
      for (const wrong of ['/media/m/none/master.m3u8', '/media/library.json', '/media/']) {
        assert.equal((await fetch(new URL(wrong, app.url))).status, 404, wrong);
      }
      const head = await fetch(new URL('info.json', master), { method: 'GET' });
      assert.equal(((await head.json()) as { tracks: unknown[] }).tracks.length, 2);
    });
  }

  it('are what the documentation shows', () => {
    const page = readFileSync(join(REPOSITORY, 'docs/embedding.md'), 'utf8');
    const names = ['embed-express.ts', 'embed-fastify.ts', 'embed-hono.ts', 'signed-links.ts'];
    for (const name of [...names, 'pages/hls.html', 'pages/video-js.html', 'pages/native.html']) {
      const code = readFileSync(join(REPOSITORY, 'examples', name), 'utf8').trimEnd();
      const shown = code.replace("'../src/index.js'", "'segmint'");
      assert.ok(page.includes(`\n${shown}\n\`\`\``), name);
    }
  });

  it('ends what a client that left had asked for', async () => {
    await using media = await createMediaHandler({ engine, open: async () => await openFile(film) });
    const server = createServer((request, response) => media.handle(request, response)).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const leaving = new AbortController();
    const url = `http://127.0.0.1:${port}/m/any/stream.mp4?video=h264`;
    const { body } = await fetch(url, { signal: leaving.signal });
    await body!.getReader().read();
    leaving.abort();
    while (engine.stats.jobsRunning + engine.stats.jobsQueued > 0) await setImmediate();
    server.close();
    await once(server, 'close');
  });

  it('signed-links lets a page frame what its link opens, and nothing else', async () => {
    const access = ['--link-secret', SECRET, '--embed', 'http://127.0.0.1:3000'];
    const server = await SegmintServer.start([folder], '--store', 'memory', ...access);
    try {
      await using app = await RunningExample.start('signed-links', [server.url.slice(0, -1)], {
        SEGMINT_LINK_SECRET: SECRET,
      });
      const page = await fetchText(new URL('/watch/film', app.url));
      const framed = new URL(/src="([^"]+)"/.exec(page)![1]!);
      const response = await fetch(framed);
      assert.equal(response.status, 200);
      assert.match(
        response.headers.get('content-security-policy')!,
        /frame-ancestors http:\/\/127\.0\.0\.1:3000$/,
      );
      assert.equal(countPictures(new URL('master.m3u8?ladder=none', framed)), countPictures(film));
      assert.equal((await fetch(new URL(framed.pathname.replace(/^\/s\/[^/]+/, ''), framed))).status, 401);
    } finally {
      await server.stop();
    }
  });
});

/** Decodes everything, in silence, and counts the pictures. */
function countPictures(input: URL | string): number {
  const args = [
    '-v',
    'warning',
    '-xerror',
    '-i',
    String(input),
    '-map',
    '0:v:0',
    '-map',
    '0:a:0',
    '-progress',
    '-',
  ];
  const log = execFileSync('ffmpeg', [...args, '-f', 'null', '/dev/null'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return Number(/^frame=(\d+)$/m.exec(log.slice(log.lastIndexOf('frame=')))![1]);
}
