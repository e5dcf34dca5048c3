import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createEnginePool } from '../src/engine/pool.js';
import { fixturePath, PICTURES, SOUNDS, type Fixture } from './support/fixtures.js';
import { seededRandom } from './support/seeded-random.js';
import { SegmintServer } from './support/segmint-server.js';
import { fetchHash, fetchText, listObjects } from './support/served-hls.js';
import { missingTools } from './support/tools.js';

// Real media over real HTTP, from the command as people run it.

const MAIN = join(import.meta.dirname, '../src/cli/main.js');

const FILMS: readonly Fixture[] = [
  {
    name: 'hls-h264-three-sounds',
    spec: {
      durationMs: 20_000,
      video: [PICTURES.h264],
      audio: [
        { ...SOUNDS.eac3, language: 'eng' },
        { ...SOUNDS.aac, language: 'ger', startMs: 700 },
        { ...SOUNDS.flac, language: 'fra' },
      ],
    },
  },
  { name: 'hls-hevc-aac', spec: { durationMs: 20_000, video: [PICTURES.hevc], audio: [SOUNDS.aac] } },
  { name: 'hls-sound-alone', spec: { durationMs: 20_000, audio: [SOUNDS.ac3] } },
];

/** What the players of these tests say that they play. */
const PLAYERS = ['', 'video=hevc&audio=flac,ac-3,ec-3'];

/** Nothing may come from another server's work. */
const KEPT = ['--store', 'memory'];

describe('HLS from two server processes', () => {
  const made: string[] = [];
  const films: string[] = [];
  let servers: readonly [SegmintServer, SegmintServer];

  before(async () => {
    await using engine = createEnginePool();
    for (const film of FILMS) made.push(await fixturePath(engine, film));
    films.push(...made.map((path) => basename(path)));
    // The second keeps nothing, so that each of its answers is made for itself.
    servers = [
      await SegmintServer.start(made, ...KEPT),
      await SegmintServer.start(made, ...KEPT, '--cache-size', '0'),
    ];
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('gives the same bytes for each segment in any order, again, and side by side', async () => {
    const [one, other] = servers;
    const random = seededRandom('hls');
    for (const film of films) {
      for (const player of PLAYERS) {
        const objects = await listObjects(one.url, film, player);
        assert.deepEqual(await listObjects(other.url, film, player), objects);
        assert.ok(objects.length >= 4, `${film} has segments`);
        const inOrder: string[] = [];
        for (const path of objects) inOrder.push(await fetchHash(new URL(path, one.url)));
        const shuffled = objects.map((path, index) => ({ path, index, rank: random(1e9) }));
        shuffled.sort((a, b) => a.rank - b.rank);
        await Promise.all(
          shuffled.flatMap(({ path, index }) =>
            [one, other, other].map(async (server) => {
              assert.equal(await fetchHash(new URL(path, server.url)), inOrder[index], `${film} ${path}`);
            }),
          ),
        );
      }
    }
  });

  it('sends what the package command writes, byte for byte', async () => {
    const [server] = servers;
    const folder = await mkdtemp(join(tmpdir(), 'segmint-package-'));
    try {
      for (const [i, path] of made.entries()) {
        const output = join(folder, String(i));
        await promisify(execFile)(process.execPath, [MAIN, 'package', path, '-o', output]);
        const files = await readdir(output, { recursive: true, withFileTypes: true });
        const names = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
        assert.ok(names.length >= 4, names.join(' '));
        const response = await fetch(new URL(`/master.m3u8?src=${films[i]!}`, server.url));
        // Who waits for an encoder is offered shorter segments; those of the package can be had all the same.
        const isShort = (await response.text()).includes('-h264-short-');
        const same = isShort ? names.filter((name) => !name.endsWith('master.m3u8')) : names;
        for (const name of same) {
          const url = new URL(relative(output, name), response.url);
          const hash = createHash('md5')
            .update(await readFile(name))
            .digest('hex');
          const sent = createHash('md5')
            .update(new Uint8Array(await (await fetch(url)).arrayBuffer()))
            .digest('hex');
          assert.equal(sent, hash, url.pathname);
        }
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it(
    'is played by ffmpeg over HTTP without a word, to the end',
    { skip: missingTools('HLS over HTTP', 'ffmpeg') },
    async () => {
      for (const film of films) {
        for (const player of PLAYERS) {
          const url = new URL(`/master.m3u8?src=${film}&${player}`, servers[0].url).href;
          const args = ['-nostdin', '-v', 'warning', '-i', url, '-map', '0', '-f', 'null', '-'];
          const { stderr } = await promisify(execFile)('ffmpeg', args);
          assert.equal(stderr, '', film);
        }
      }
    },
  );

  it('serves a file that was replaced under another version, and nothing under the old one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segmint-hls-'));
    const path = join(folder, 'film.mkv');
    await copyFile(made[0]!, path);
    const server = await SegmintServer.start([folder], ...KEPT);
    try {
      const before = await listObjects(server.url, 'film.mkv');
      const hashes = await Promise.all(before.map((object) => fetchHash(new URL(object, server.url))));
      // Written over in place: the server holds the file open.
      await copyFile(made[1]!, path);
      for (const object of before) {
        const response = await fetch(new URL(object, server.url));
        assert.equal(response.status, 404);
        assert.match(await response.text(), /has changed/);
      }
      const after = await listObjects(server.url, 'film.mkv');
      assert.equal(after.filter((object) => before.includes(object)).length, 0);
      const others = await Promise.all(after.map((object) => fetchHash(new URL(object, server.url))));
      assert.equal(others.filter((hash) => hashes.includes(hash)).length, 0);
    } finally {
      await server.stop();
      await rm(folder, { recursive: true });
    }
  });

  it('describes each of them as HLS', async () => {
    const { items } = JSON.parse(await fetchText(new URL('/library.json', servers[0].url))) as {
      items: { ref: string }[];
    };
    for (const { ref } of items) {
      const { hls } = JSON.parse(await fetchText(new URL(`/m/${ref}/info.json`, servers[0].url))) as {
        hls: { state: string; plan: { segments: number; durationSeconds: number } };
      };
      assert.equal(hls.state, 'ready');
      assert.ok(hls.plan.segments >= 3 && hls.plan.durationSeconds > 19.9 && hls.plan.durationSeconds < 21);
    }
  });
});
