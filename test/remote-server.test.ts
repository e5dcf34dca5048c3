/** What viewers may have a server read from elsewhere, and what not, whichever way they ask. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import pino from 'pino';
import { createRemoteAccess, type RemoteAccessOptions } from '../src/cli/remote-access.js';
import { SegmentService } from '../src/delivery/segment-service.js';
import { MemorySegmentStore } from '../src/delivery/memory-segment-store.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { streamTranscodeUniversal } from '../src/pipelines/universal.js';
import { Library } from '../src/server/library.js';
import { startServer } from '../src/server/listen.js';
import { fixtureBytes, FIXTURES } from './support/fixtures.js';
import { testScheduler } from './support/scheduler.js';

/** Names that lead to this machine, as those of an attacker do. */
const HOSTS = new Map([
  ['films.test', '127.0.0.1'],
  ['cdn.films.test', '127.0.0.1'],
  ['sly.test', '127.0.0.1'],
  ['mapped.test', '::ffff:127.0.0.1'],
  ['metadata.test', '169.254.169.254'],
]);

describe('a server with remote sources', () => {
  let engine: EnginePool;
  let film: Uint8Array;
  let port: number;
  let seen: IncomingMessage[] = [];
  /** What the upstream server says when it wants to be left alone. */
  let busy: { readonly status: number; readonly seconds: string } | undefined;
  const upstream = createServer((request, response) => {
    seen.push(request);
    if (busy !== undefined) {
      response.writeHead(busy.status, { 'retry-after': busy.seconds }).end('busy');
      return;
    }
    const redirect = /^\/to\?(.*)$/.exec(request.url ?? '')?.[1];
    if (redirect !== undefined) {
      response.writeHead(302, { location: decodeURIComponent(redirect) }).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!request.url?.startsWith('/film.mkv')) response.writeHead(404).end();
    else if (range === null || request.url.includes('whole')) {
      response.writeHead(200, { 'content-length': film.length }).end(film);
    } else {
      const [start, end] = [
        Number(range[1]),
        range[2] === '' ? film.length - 1 : Math.min(Number(range[2]), film.length - 1),
      ];
      const headers = { 'content-range': `bytes ${start}-${end}/${film.length}`, etag: '"1"' };
      response.writeHead(206, headers).end(film.subarray(start, end + 1));
    }
  });

  before(async () => {
    engine = createEnginePool({ size: 1 });
    film = await fixtureBytes(engine, FIXTURES[0]!.name);
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    ({ port } = upstream.address() as AddressInfo);
  });
  after(async () => {
    upstream.close();
    upstream.closeAllConnections();
    await engine[Symbol.asyncDispose]();
  });

  /** Runs a server as the command does, with names of its own. */
  async function withServer(
    roots: readonly string[],
    options: RemoteAccessOptions,
    test: (get: (path: string) => Promise<Response>) => Promise<void>,
  ): Promise<void> {
    seen = [];
    const resolve = (host: string): Promise<{ address: string; family: number }[]> => {
      const address = HOSTS.get(host) ?? '93.184.215.14';
      return Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]);
    };
    await using remote = createRemoteAccess(roots, options, [], resolve);
    await using segments = new SegmentService({
      open: (source, { signal }) => openSegmented(source, { engine, signal, closeSource: false }),
      store: new MemorySegmentStore(0),
      shelf: { maxOpen: 4, idleMs: 60_000 },
      scheduler: testScheduler(2, 8),
    });
    await using server = await startServer({
      library: await Library.open(roots, remote.library),
      media: {
        stream: (source, wanted) => streamTranscodeUniversal(source, { ...wanted, engine }),
        describe: describeMedia,
      },
      segments,
      log: pino({ level: 'silent' }),
      host: '127.0.0.1',
      port: 0,
    });
    await test((path) => fetch(new URL(path, server.url)));
  }

  const named = (url: string): string => `/m/${Buffer.from(url).toString('base64url')}/stream.mp4`;
  const short = (url: string): string => `/stream.mp4?src=${encodeURIComponent(url)}`;
  const errorOf = async (response: Response): Promise<{ code: string; message: string }> =>
    ((await response.json()) as { error: { code: string; message: string } }).error;

  it('reads nothing that viewers name unless it is told to', async () => {
    await withServer([], {}, async (get) => {
      for (const path of [short(`http://films.test:${port}/film.mkv`), named('https://example.org/a.mkv')]) {
        const response = await get(path);
        assert.equal(response.status, 403);
        assert.match((await errorOf(response)).message, /--allow-remote/);
      }
    });
    assert.equal(seen.length, 0);
  });

  it('tells when to come back where the server of a film wants to be left alone, and leaves it alone', async () => {
    await withServer([`http://127.0.0.1:${port}/film.mkv`], {}, async (get) => {
      const { items } = (await (await get('/library.json')).json()) as { items: { ref: string }[] };
      const film = `/m/${items[0]!.ref}`;
      busy = { status: 429, seconds: '7200' };
      try {
        for (const path of ['info.json?failure=inside', 'stream.mp4', 'master.m3u8', 'manifest.mpd']) {
          const response = await get(`${film}/${path}`);
          assert.deepEqual([path, response.status], [path, 503]);
          assert.ok(Number(response.headers.get('retry-after')) > 290);
          assert.ok(Number(response.headers.get('retry-after')) <= 300);
          assert.equal((await errorOf(response)).code, 'source_failed');
        }
      } finally {
        busy = undefined;
      }
      assert.equal(seen.length, 1, 'it was asked once');
    });
    await withServer([`http://127.0.0.1:${port}/film.mkv`], {}, async (get) => {
      const { items } = (await (await get('/library.json')).json()) as { items: { ref: string }[] };
      const film = `/m/${items[0]!.ref}`;
      const master = await (await get(`${film}/master.m3u8`)).text();
      busy = { status: 503, seconds: '120' };
      try {
        // What was read already is not asked for again, and what is open stays so.
        assert.equal((await get(`${film}/master.m3u8`)).status, 200);
        assert.match(master, /#EXTM3U/);
      } finally {
        busy = undefined;
      }
    });
  });

  it('lets no address of the inside through, whichever way it is written, named or redirected to', async () => {
    await withServer([], { allowRemote: true }, async (get) => {
      const urls = [
        `http://127.0.0.1:${port}/film.mkv`,
        `http://localhost:${port}/film.mkv`.replace('localhost', 'sly.test'),
        `http://2130706433:${port}/film.mkv`,
        `http://0x7f.1:${port}/film.mkv`,
        `http://0177.0.0.1:${port}/film.mkv`,
        `http://[::1]:${port}/film.mkv`,
        `http://[::ffff:127.0.0.1]:${port}/film.mkv`,
        `http://[64:ff9b::7f00:1]:${port}/film.mkv`,
        `http://[2002:7f00:1::]:${port}/film.mkv`,
        `http://mapped.test:${port}/film.mkv`,
        `http://metadata.test/latest/meta-data/`,
        `http://169.254.169.254/latest/meta-data/`,
        `http://%31%32%37.0.0.1:${port}/film.mkv`,
        `http://example.org:25/`,
      ];
      for (const url of urls) {
        const { href } = new URL(url);
        for (const path of [
          short(url),
          named(href),
          `/m/${Buffer.from(href).toString('base64url')}/master.m3u8`,
        ]) {
          const response = await get(path);
          assert.equal(response.status, 403, `${url} by ${path}`);
          const { message } = await errorOf(response);
          assert.equal(message, 'This server may not read from that address.');
        }
      }
    });
    assert.equal(seen.length, 0, 'nothing was asked for');
  });

  it('refuses what is no plain web address', async () => {
    await withServer([], { allowRemote: true }, async (get) => {
      for (const [path, status] of [
        [short('http://me:secret@example.org/a.mkv'), 400],
        [named('http://me:secret@example.org/a.mkv'), 400],
        [named('HTTP://example.org/a.mkv'), 404],
        [named('http://example.org/a.mkv#part'), 404],
        [short('file:///etc/passwd'), 403],
        [named('file:///etc/passwd'), 404],
        [short('ftp://example.org/a.mkv'), 404],
        [short(`https://example.org/${'a'.repeat(9000)}`), 400],
      ] as const) {
        const response = await get(path);
        assert.ok(
          response.status >= 400 && response.status < 500,
          `${path.slice(0, 60)}: ${response.status}`,
        );
        if (!path.startsWith('/stream.mp4?src=f')) assert.equal(response.status, status, path.slice(0, 80));
      }
    });
    assert.equal(seen.length, 0);
  });

  it('plays from hosts that are named, and follows redirects to no others', async () => {
    const options = { allowRemote: true, remoteHost: [`films.test:${port}`, '*.films.test'] };
    await withServer([], options, async (get) => {
      const film = `http://films.test:${port}/film.mkv?key=1`;
      const played = await get(short(film));
      assert.equal(played.status, 200);
      assert.ok((await played.arrayBuffer()).byteLength > 1000);
      const to = (url: string): string => `http://films.test:${port}/to?${encodeURIComponent(url)}`;
      assert.equal((await get(short(to(`http://cdn.films.test:${port}/film.mkv`)))).status, 200);
      for (const url of [
        `http://sly.test:${port}/film.mkv`,
        `http://127.0.0.1:${port}/film.mkv`,
        'http://169.254.169.254/',
        'https://example.org/',
        'http://films.test:1/',
      ]) {
        assert.equal((await get(short(to(url)))).status, 403, url);
        assert.equal((await get(short(url))).status, 403, url);
      }
      assert.equal((await get(short(to('file:///etc/passwd')))).status, 502);
    });
  });

  it('opens a source once for all requests, and plays what has no ranges as a stream alone', async () => {
    await withServer([], { allowRemote: true, remoteHost: ['films.test'] }, async (get) => {
      const ref = Buffer.from(`http://films.test:${port}/film.mkv`).toString('base64url');
      const master = await (await get(`/m/${ref}/master.m3u8`)).text();
      const rendition = /^(v.*)\/playlist\.m3u8$/m.exec(master)?.[1];
      const before = seen.length;
      for (let round = 0; round < 3; round++) {
        const segment = await get(`/m/${ref}/${rendition}/0.m4s`);
        assert.equal(segment.status, 200);
        await segment.arrayBuffer();
      }
      assert.ok(seen.length - before <= 1, 'it is read into the cache');
      const whole = Buffer.from(`http://films.test:${port}/film.mkv?whole`).toString('base64url');
      const refused = await get(`/m/${whole}/master.m3u8`);
      assert.equal(refused.status, 415);
      assert.match((await errorOf(refused)).message, /can only be streamed/);
      const streamed = await get(`/m/${whole}/stream.mp4`);
      assert.equal(streamed.status, 200);
      assert.ok((await streamed.arrayBuffer()).byteLength > 1000);
    });
  });

  it('serves a URL that it was started with, and tells nobody what is in it', async () => {
    const root = `http://me:secret@films.test:${port}/film.mkv?token=t0p`;
    await withServer([root], {}, async (get) => {
      const listing = await (await get('/library.json')).text();
      assert.ok(!/secret|t0p|films\.test/.test(listing), listing);
      const { items } = JSON.parse(listing) as { items: { ref: string; path: string }[] };
      assert.equal(items[0]!.path, 'film.mkv');
      const info = await (await get(`/m/${items[0]!.ref}/info.json`)).text();
      assert.ok(!/secret|t0p|films\.test/.test(info));
      const played = await get(short('film.mkv').replace('%2F', '/'));
      assert.equal(played.status, 200);
      await played.arrayBuffer();
      assert.equal(seen[0]!.headers.authorization, `Basic ${Buffer.from('me:secret').toString('base64')}`);
    });
    await withServer([`http://films.test:${port}/secret/absent.mkv`], {}, async (get) => {
      const response = await get('/stream.mp4?src=absent.mkv');
      assert.equal(response.status, 502);
      assert.equal(
        (await errorOf(response)).message,
        'absent.mkv answered with HTTP status 404 (not found).',
      );
    });
  });

  it('follows a URL that it was started with to another port of its host, and to no other host within', async () => {
    const other = createServer((request, response) => upstream.emit('request', request, response));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://films.test:${(other.address() as AddressInfo).port}/film.mkv`;
    const inside = `http://sly.test:${port}/film.mkv`;
    const roots = [elsewhere, inside].map((url) => `http://films.test:${port}/to?${encodeURIComponent(url)}`);
    try {
      await withServer(roots, {}, async (get) => {
        const [allowed, refused] = ['0/to', '1/to'].map((path) => Buffer.from(path).toString('base64url'));
        const played = await get(`/m/${allowed}/stream.mp4`);
        assert.equal(played.status, 200);
        await played.arrayBuffer();
        assert.equal((await get(`/m/${refused}/stream.mp4`)).status, 403);
      });
    } finally {
      other.close();
      other.closeAllConnections();
    }
  });
});
