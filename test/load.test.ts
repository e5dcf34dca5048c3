/** Many clients at once: those who leave at any moment leave nothing behind, and those who ask for too much are told. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from './support/seeded-random.js';
import { SegmintServer } from './support/segmint-server.js';
import { fetchHash, listObjects } from './support/served-hls.js';
import { missingTools } from './support/tools.js';

const noProc = existsSync('/proc/self/fd') ? false : 'the system does not tell what a process has open';
const skip = missingTools('many clients', 'ffmpeg') || noProc;

/** Clients of one wave; the environment asks for more when somebody watches. */
const CLIENTS = Number(process.env['VANISHING_CLIENTS'] ?? 150);

/**
 * When a client leaves: before its request is whole; as soon as it is; a while later, be it in a queue, while pictures are
 * encoded for it, or in the body; when the first bytes have come; or a while after it has stopped reading.
 */
const MOMENTS = ['unasked', 'at once', 'later', 'at first bytes', 'unread'] as const;
const LONGEST_STAY_MS = 250;
const ENGINES = 2;
const FILMS = ['asp.mkv', 'avc.ts'];
/** How many are there at a time. */
const AT_ONCE = 24;

describe('many clients', { skip, timeout: 600_000 }, () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-load-'));
    const inputs = ['-f', 'lavfi', '-i', 'testsrc2=size=128x72:rate=25:duration=130', '-f', 'lavfi', '-i'];
    const make = (name: string, ...codecs: string[]): void => {
      const sound = 'sine=frequency=440:duration=130';
      execFileSync('ffmpeg', ['-v', 'error', ...inputs, sound, ...codecs, join(folder, name)]);
    };
    make('asp.mkv', '-c:v', 'mpeg4', '-g', '50', '-c:a', 'ac3');
    make('avc.ts', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-c:a', 'aac');
  });
  after(() => rmSync(folder, { recursive: true }));

  it('who connect and vanish leave nothing behind', async () => {
    const store = join(folder, 'store');
    await using server = await SegmintServer.start(
      [folder],
      '--store',
      store,
      '--engines',
      String(ENGINES),
      '--log-level',
      'silent',
    );
    const paths = ['/', '/library.json'];
    for (const name of FILMS) {
      const objects = await listObjects(server.url, name);
      const [, ref] = /^\/m\/([^/]+)/.exec(objects[0]!)!;
      for (const file of [
        'info.json',
        'master.m3u8',
        'stream.mp4',
        'stream.mp4?start=60',
        'stream.mp4?video=h264',
      ])
        paths.push(`/m/${ref}/${file}`);
      paths.push(...objects, ...objects.slice(0, 1).map((path) => path.replace(/[^/]*$/, 'playlist.m3u8')));
    }
    // What is made once and stays, such as what the page consists of, is not left behind.
    await vanish(server, paths, 'first');
    const before = await untilItRests(server);
    await vanish(server, paths, 'second');
    const then = await untilItRests(server, before);
    // Each film may be open, for the next who asks.
    assert.ok(
      then.descriptors <= before.descriptors + FILMS.length,
      `${then.descriptors} of ${before.descriptors} are open`,
    );
    assert.equal(then.children, before.children);
    assert.ok(then.threads <= before.threads);
    assert.deepEqual(readdirSync(join(store, 'segments', 'making')), []);
    const objects = await listObjects(server.url, 'avc.ts', 'ladder=none');
    await fetchHash(new URL(objects[1]!, server.url));
    assert.equal(await server.stop(), 0);
  });

  it('who ask for encodings at once are told when there are too many, and the others get the right bytes', async () => {
    await using server = await SegmintServer.start(
      [folder],
      '--store',
      'none',
      '--engines',
      '1',
      '--log-level',
      'silent',
    );
    const objects = await listObjects(server.url, 'asp.mkv', 'ladder=none');
    const [rendition] = /^.*\//.exec(objects.find((path) => path.includes('/v'))!)!;
    const segments = objects.filter((path) => path.startsWith(rendition) && path.endsWith('.m4s'));
    const asked = Array.from({ length: 20 }, async (_, i) => {
      const url = new URL(segments[i]!, server.url);
      const response = await fetch(url, { headers: { 'user-agent': `viewer ${i}` } });
      return { url, response, bytes: new Uint8Array(await response.arrayBuffer()) };
    });
    let served = 0;
    for (const { url, response, bytes } of await Promise.all(asked)) {
      if (response.status === 200) {
        served++;
        const again = new Uint8Array(await (await fetch(url)).arrayBuffer());
        assert.deepEqual(bytes, again, url.pathname);
        continue;
      }
      assert.equal(response.status, 503);
      assert.match(response.headers.get('retry-after')!, /^[1-9]\d*$/);
      assert.match(new TextDecoder().decode(bytes), /"code":"overloaded"/);
    }
    assert.ok(served >= 5 && served < 20, `${served} were served`);
    assert.equal(await server.stop(), 0);
  });

  it('do not keep a server from ending in order while it encodes what comes next', async () => {
    await using server = await SegmintServer.start([folder], '--store', 'none', '--engines', '1');
    const objects = await listObjects(server.url, 'asp.mkv', 'ladder=none');
    const video = objects.find((path) => path.includes('/v') && path.endsWith('/0.m4s'))!;
    await fetchHash(new URL(video, server.url));
    assert.equal(await server.stop(), 0);
  });
});

/** Lets clients come, and leave at a moment that has nothing to do with what they asked for. */
async function vanish(server: SegmintServer, paths: readonly string[], seed: string): Promise<void> {
  const random = seededRandom(seed);
  const { hostname, port, host } = new URL(server.url);
  const one = async (): Promise<void> => {
    const path = paths[random(paths.length)]!;
    const asked = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: client ${random(1000)}\r\n\r\n`;
    const moment = MOMENTS[random(MOMENTS.length)]!;
    const sent = moment === 'unasked' ? asked.slice(0, random(asked.length)) : asked;
    const stayMs = moment === 'at once' ? 0 : random(LONGEST_STAY_MS);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(sent);
        const leave = (): unknown => (random(2) === 0 ? socket.destroy() : socket.resetAndDestroy());
        if (moment === 'unread') socket.pause();
        else socket.resume();
        if (moment === 'at first bytes') socket.once('data', leave);
        const timer = setTimeout(leave, moment === 'at first bytes' ? 4 * LONGEST_STAY_MS : stayMs);
        socket.once('close', () => clearTimeout(timer));
      });
      socket.on('error', () => undefined).once('close', () => resolve());
    });
  };
  let left = CLIENTS;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) await one();
    }),
  );
}

interface Rest {
  readonly descriptors: number;
  readonly children: number;
  readonly threads: number;
  readonly resources: Readonly<Record<string, number>>;
}

/** How long it may take until a server rests, in milliseconds. */
const PATIENCE_MS = 180_000;

/** Asks over a connection that does not stay open, and so is not taken for one that was left behind. */
async function askOnce(url: URL): Promise<string> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  return await text(response);
}

/** What is under way, and what waits to be; segments are made ahead for those who have left without a word, too. */
async function countWork(server: SegmintServer): Promise<number> {
  const metrics = await askOnce(new URL('/metrics', server.url));
  const gauges = metrics.matchAll(/^segmint_(?:work|engine_jobs)_\w*(?:running|waiting|ahead) (\d+)$/gm);
  return [...gauges].reduce((sum, [, count]) => sum + Number(count), 0);
}

/**
 * Waits until nothing is under way any more, and sessions that wait for the next reader have ended.
 * @param server - what is looked at.
 * @param before - an earlier rest: there is no more of any resource then. A file that is just looked at is no rest, and is not left
 * behind either.
 */
async function untilItRests(server: SegmintServer, before?: Rest): Promise<Rest> {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const health = JSON.parse(await askOnce(new URL('/healthz', server.url))) as Record<string, unknown>;
    const work = await countWork(server);
    const { resources } = await server.state();
    const { descriptors, threads, children } = server;
    const isIdle = health['streams'] === 0 && health['answers'] === 0 && work === 0;
    // The engines, and a connection that has just asked.
    const isAtRest = isIdle && children.length <= ENGINES;
    const isMore = ([kind, count]: [string, number]): boolean =>
      before !== undefined && count > (before.resources[kind] ?? 0);
    const hasMore = Object.entries(resources).some(isMore);
    if (isAtRest && !hasMore && (resources['TCPSocketWrap'] ?? 0) <= 1) {
      return { descriptors, threads, children: children.length, resources };
    }
    const state = { ...health, work, children: children.length, resources, before: before?.resources };
    assert.ok(performance.now() < end, `it does not come to rest: ${JSON.stringify(state)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
