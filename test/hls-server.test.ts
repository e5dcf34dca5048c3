import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createEnginePool } from '../src/engine/pool.js';
import { fixturePath, PICTURES, SOUNDS, type Fixture } from './support/fixtures.js';
import { seededRandom } from './support/seeded-random.js';
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
const PLAYERS = ['', '?video=hevc&audio=flac,ac-3,ec-3'];

class Server {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(paths: readonly string[], ...options: readonly string[]): Promise<Server> {
    // Nothing may come from another server's work.
    const kept = ['--store', 'memory'];
    const args = [MAIN, 'serve', ...paths, '--port', '0', '--log-level', 'error', ...kept, ...options];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Uint8Array];
    return new Server(child, /http:\/\/127\.0\.0\.1:\d+\//.exec(new TextDecoder().decode(line))![0]);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }

  async text(path: string): Promise<string> {
    const response = await fetch(new URL(path, this.url));
    assert.equal(response.status, 200, path);
    return await response.text();
  }

  /** The MD5 of an object's bytes. */
  async hash(path: string): Promise<string> {
    const response = await fetch(new URL(path, this.url));
    assert.equal(response.status, 200, path);
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.equal(response.headers.get('content-length'), String(bytes.byteLength));
    return createHash('md5').update(bytes).digest('hex');
  }

  /** Paths of all init segments and segments that a film has for a player. */
  async objects(film: string, player: string): Promise<string[]> {
    const response = await fetch(new URL(`/master.m3u8?src=${film}${player.replace('?', '&')}`, this.url));
    const master = await response.text();
    const playlists = new Set(master.match(/[\w-]+\/playlist\.m3u8/g));
    assert.ok(playlists.size > 0, master);
    const objects: string[] = [];
    for (const playlist of playlists) {
      const url = new URL(playlist, response.url);
      const names = (await this.text(url.pathname)).match(/\w+\.(?:mp4|m4s)/g) ?? [];
      objects.push(...names.map((name) => new URL(name, url).pathname));
    }
    return objects;
  }
}

describe('HLS from two server processes', () => {
  const made: string[] = [];
  const films: string[] = [];
  let servers: readonly [Server, Server];

  before(async () => {
    await using engine = createEnginePool();
    for (const film of FILMS) made.push(await fixturePath(engine, film));
    films.push(...made.map((path) => basename(path)));
    // The second keeps nothing, so that each of its answers is made for itself.
    servers = [await Server.start(made), await Server.start(made, '--cache-size', '0')];
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('gives the same bytes for each segment in any order, again, and side by side', async () => {
    const [one, other] = servers;
    const random = seededRandom('hls');
    for (const film of films) {
      for (const player of PLAYERS) {
        const objects = await one.objects(film, player);
        assert.deepEqual(await other.objects(film, player), objects);
        assert.ok(objects.length >= 4, `${film} has segments`);
        const inOrder: string[] = [];
        for (const path of objects) inOrder.push(await one.hash(path));
        const shuffled = objects.map((path, index) => ({ path, index, rank: random(1e9) }));
        shuffled.sort((a, b) => a.rank - b.rank);
        await Promise.all(
          shuffled.flatMap(({ path, index }) =>
            [one, other, other].map(async (server) => {
              assert.equal(await server.hash(path), inOrder[index], `${film} ${path}`);
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
        for (const name of names) {
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
          const url = new URL(`/master.m3u8?src=${film}${player.replace('?', '&')}`, servers[0].url).href;
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
    const server = await Server.start([folder]);
    try {
      const before = await server.objects('film.mkv', '');
      const hashes = await Promise.all(before.map((object) => server.hash(object)));
      // Written over in place: the server holds the file open.
      await copyFile(made[1]!, path);
      for (const object of before) {
        const response = await fetch(new URL(object, server.url));
        assert.equal(response.status, 404);
        assert.match(await response.text(), /has changed/);
      }
      const after = await server.objects('film.mkv', '');
      assert.equal(after.filter((object) => before.includes(object)).length, 0);
      const others = await Promise.all(after.map((object) => server.hash(object)));
      assert.equal(others.filter((hash) => hashes.includes(hash)).length, 0);
    } finally {
      await server.stop();
      await rm(folder, { recursive: true });
    }
  });

  it('describes each of them as HLS', async () => {
    const { items } = JSON.parse(await servers[0].text('/library.json')) as { items: { ref: string }[] };
    for (const { ref } of items) {
      const { hls } = JSON.parse(await servers[0].text(`/m/${ref}/info.json`)) as {
        hls: { state: string; plan: { segments: number; durationSeconds: number } };
      };
      assert.equal(hls.state, 'ready');
      assert.ok(hls.plan.segments >= 3 && hls.plan.durationSeconds > 19.9 && hls.plan.durationSeconds < 21);
    }
  });
});
