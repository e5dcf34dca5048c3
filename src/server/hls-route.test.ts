import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import pino from 'pino';
import { FakeSegmentedMedia, untilAborted } from '../../test/support/fake-segmented-media.js';
import { testScheduler } from '../../test/support/scheduler.js';
import { MemorySegmentStore } from '../delivery/memory-segment-store.js';
import { SegmentService } from '../delivery/segment-service.js';
import { EngineError, UnsupportedMediaError } from '../errors.js';
import type { ServerOptions } from './app.js';
import { Library } from './library.js';
import { startServer, type RunningServer } from './listen.js';
import type { MediaService } from './media-service.js';
import { writeReference } from './reference.js';

const VERSION = '0123456789ab';
const VIDEO = `v1-${VERSION}`;
const AUDIO = `a2-aac-${VERSION}`;

/** Says nothing of a file, and streams nothing. */
const noMedia: MediaService = {
  stream: () => ({
    description: Promise.reject(new UnsupportedMediaError('Not here.')),
    chunks: async function* () {},
  }),
  describe: async () => ({ container: 'matroska' }),
};

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

describe('HLS over HTTP', () => {
  const ref = writeReference({ root: 0, path: 'film.mkv' });
  let folder: string;
  let media: FakeSegmentedMedia;
  let openings: number;
  let open: () => Promise<FakeSegmentedMedia>;
  let records: { segment?: Record<string, unknown>; msg?: string }[];
  let library: Library;
  let segments: SegmentService;
  let server: RunningServer;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-hls-'));
    await writeFile(join(folder, 'film.mkv'), 'film');
    library = await Library.open([folder]);
    media = new FakeSegmentedMedia(VERSION);
    openings = 0;
    open = async () => media;
    records = [];
    segments = new SegmentService({
      open: async () => {
        openings++;
        return await open();
      },
      store: new MemorySegmentStore(1 << 20),
      shelf: { maxOpen: 4, idleMs: 60_000 },
      scheduler: testScheduler(1, 2),
    });
    server = await start({});
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await segments[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  function start(options: Partial<ServerOptions>): Promise<RunningServer> {
    const write = (line: string): void => void records.push(JSON.parse(line) as (typeof records)[number]);
    const log = pino({ level: 'info' }, { write });
    return startServer({ library, media: noMedia, segments, log, host: '127.0.0.1', port: 0, ...options });
  }

  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path.startsWith('/') ? path : `/m/${ref}/${path}`, server.url), init);

  it('serves playlists of the right type, with a tag that answers 304', async () => {
    for (const [path, type, begin] of [
      ['master.m3u8', 'application/vnd.apple.mpegurl', /^#EXTM3U/],
      [`${VIDEO}/playlist.m3u8`, 'application/vnd.apple.mpegurl', /^#EXTM3U/],
      ['manifest.mpd', 'application/dash+xml', /^<MPD>/],
    ] as const) {
      const response = await get(path);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(response.headers.get('cache-control'), 'no-cache');
      assert.match(await response.text(), begin);
      const tag = response.headers.get('etag')!;
      assert.match(tag, /^"[\w-]+"$/, 'a strong one');
      const again = await get(path, { headers: { 'if-none-match': tag } });
      assert.equal(again.status, 304);
      assert.equal(again.headers.get('etag'), tag);
      assert.equal(await again.text(), '');
    }
    assert.equal(openings, 1, 'the media is kept open');
  });

  it('tells the pipelines what the player says it plays', async () => {
    const plays = async (query: string): Promise<string> =>
      (await (await get(`master.m3u8${query}`)).text()).split('\n')[1]!;
    assert.equal(await plays(''), '#aac+h264');
    assert.equal(
      await plays('?video=hvc1.1.6.L93.B0,av01.0.04M.08,vp09&audio=ec-3,ac-3'),
      '#aac+ac3+av1+eac3+h264+hevc+vp9',
    );
    assert.equal(
      await plays('?video=theora,,x&video=hev1&audio=Opus,fLaC,mp4a.40.2'),
      '#aac+flac+h264+hevc+opus',
    );
    assert.equal(await plays('?video=%00&audio=__proto__,constructor'), '#aac+h264');
    assert.equal(await plays('?audio=mp4a.40.34'), '#aac+h264+mp3');
  });

  it('compresses long playlists for those who take it, under another tag', async () => {
    const path = `${VIDEO}/playlist.m3u8`;
    const plain = await get(path, { headers: { 'accept-encoding': 'identity, gzip;q=0' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    assert.match(plain.headers.get('vary')!, /accept-encoding/i);
    const compressed = await get(path, { headers: { 'accept-encoding': 'br;q=1.0, gzip;q=0.8' } });
    assert.equal(compressed.headers.get('content-encoding'), 'gzip');
    assert.ok(
      Number(compressed.headers.get('content-length')) < Number(plain.headers.get('content-length')) / 10,
    );
    assert.equal(await compressed.text(), await plain.text());
    assert.notEqual(compressed.headers.get('etag'), plain.headers.get('etag'));
  });

  it('sends init and media segments that may be kept for good', async () => {
    for (const [path, name, type] of [
      [`${VIDEO}/init.mp4`, `${VIDEO}/init`, 'video/mp4'],
      [`${VIDEO}/0.m4s`, `${VIDEO}/0`, 'video/mp4'],
      [`${AUDIO}/2.m4s`, `${AUDIO}/2`, 'audio/mp4'],
    ] as const) {
      const response = await get(path);
      assert.equal(response.status, 200);
      assert.equal(await response.text(), name);
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(response.headers.get('content-length'), String(name.length));
      assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(response.headers.get('accept-ranges'), 'bytes');
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    }
    const made = (await get(`${VIDEO}/1.m4s`)).headers.get('server-timing')!;
    assert.match(
      made,
      /^cache;desc=miss(, ahead)?, queue;dur=[\d.]+, make;dur=[\d.]+, read;dur=0, transcode;dur=0, source;desc="0"$/,
    );
    const kept = await get(`${VIDEO}/0.m4s`);
    assert.equal(await kept.text(), `${VIDEO}/0`);
    assert.equal(kept.headers.get('server-timing'), 'cache;desc=hit');
    assert.equal(media.made.length, 4, 'the fifth came from the store');
    await server[Symbol.asyncDispose]();
    const logged = records.filter(({ msg }) => msg === 'segment delivered').map(({ segment }) => segment!);
    assert.deepEqual(
      logged.map(({ origin, rendition, segment, bytes, isSent }) => [
        origin,
        rendition,
        segment,
        bytes,
        isSent,
      ]),
      [
        ['made', VIDEO, 'init', 20, true],
        ['made', VIDEO, 0, 17, true],
        ['made', AUDIO, 2, 21, true],
        ['made', VIDEO, 1, 17, true],
        ['store', VIDEO, 0, 17, true],
      ],
    );
  });

  it('answers 304 by the names alone, without making anything', async () => {
    const { headers } = await get(`${VIDEO}/1.m4s`, { method: 'HEAD' });
    const tag = headers.get('etag')!;
    assert.equal(tag, `"${VIDEO}.1"`);
    media.made.length = 0;
    for (const header of [`"${VIDEO}.2"`, `"x", W/"${VIDEO}.2"`, '*']) {
      const response = await get(`${VIDEO}/2.m4s`, { headers: { 'if-none-match': header } });
      assert.equal(response.status, 304, header);
      assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(response.headers.get('etag'), `"${VIDEO}.2"`);
    }
    assert.deepEqual(media.made, []);
    const other = await get(`${VIDEO}/2.m4s`, { headers: { 'if-none-match': tag } });
    assert.equal(other.status, 200, 'the tag of another segment');
    const beyond = await get(`${VIDEO}/3.m4s`, { headers: { 'if-none-match': '*' } });
    assert.equal(beyond.status, 404, 'nothing that there is not is unchanged');
  });

  it('answers HEAD with the headers of GET', async () => {
    // What is true of one request alone.
    const own = ['date', 'connection', 'keep-alive', 'x-request-id', 'server-timing'];
    const files = ['master.m3u8', 'manifest.mpd', `${VIDEO}/playlist.m3u8`, `${VIDEO}/init.mp4`];
    for (const path of [...files, `${AUDIO}/1.m4s`]) {
      const [head, full] = [await get(path, { method: 'HEAD' }), await get(path)];
      const pick = ({ status, headers }: Response): unknown => [
        status,
        [...headers].filter(([name]) => !own.includes(name)),
      ];
      assert.deepEqual(pick(head), pick(full), path);
      assert.equal(await head.text(), '');
      await full.text();
    }
  });

  it('sends ranges of segments', async () => {
    const path = `${VIDEO}/0.m4s`;
    const whole = `${VIDEO}/0`;
    for (const [range, from, to] of [
      ['bytes=0-1', 0, 2],
      ['bytes=1-3', 1, 4],
      ['bytes=5-', 5, whole.length],
      ['bytes=5-999', 5, whole.length],
      ['bytes=-3', whole.length - 3, whole.length],
      ['bytes=-999', 0, whole.length],
    ] as const) {
      const response = await get(path, { headers: { range } });
      assert.equal(response.status, 206, range);
      assert.equal(response.headers.get('content-range'), `bytes ${from}-${to - 1}/${whole.length}`);
      assert.equal(response.headers.get('content-length'), String(to - from));
      assert.equal(await response.text(), whole.slice(from, to));
    }
    for (const range of ['bytes=999-', 'bytes=-0']) {
      const response = await get(path, { headers: { range } });
      assert.equal(response.status, 416, range);
      assert.equal(response.headers.get('cache-control'), 'no-store', 'nobody keeps it for the segment');
      assert.equal(response.headers.get('content-range'), `bytes */${whole.length}`);
    }
    for (const range of ['bytes=0-1,3-4', 'bytes=3-1', 'lines=1-2', 'bytes=', 'bytes=a-b']) {
      const response = await get(path, { headers: { range } });
      assert.equal(response.status, 200, range);
      assert.equal(await response.text(), whole);
    }
    const conditional = (tag: string): Promise<Response> =>
      get(path, { headers: { range: 'bytes=0-1', 'if-range': tag } });
    assert.equal((await conditional(`"${VIDEO}.0"`)).status, 206);
    assert.equal((await conditional('"another"')).status, 200);
    assert.equal((await conditional(`W/"${VIDEO}.0"`)).status, 200);
  });

  it('makes a segment once for twenty who ask at the same time', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => (await get(`${VIDEO}/1.m4s`)).text()),
    );
    assert.deepEqual(new Set(all), new Set([`${VIDEO}/1`]));
    assert.deepEqual(media.made, [`${VIDEO}/1`]);
    assert.equal(openings, 1);
  });

  it('tells a failure by its status, and does not keep it', async () => {
    media.beforeSegment = async () => {
      throw new EngineError('The encoder failed.');
    };
    const failed = await get(`${VIDEO}/1.m4s`);
    assert.equal(failed.status, 500);
    assert.equal(failed.headers.get('cache-control'), 'no-store');
    assert.equal(failed.headers.get('etag'), null);
    assert.equal(((await failed.json()) as ErrorBody).error.code, 'engine_failed');
    media.beforeSegment = async () => {};
    assert.equal((await get(`${VIDEO}/1.m4s`)).status, 200);
  });

  it('tells a failure to open by its status, and opens again the next time', async () => {
    open = async () => {
      throw new UnsupportedMediaError('There is no index.');
    };
    assert.equal((await get('master.m3u8')).status, 415);
    open = async () => media;
    assert.equal((await get('master.m3u8')).status, 200);
  });

  it('knows nothing by other names', async () => {
    for (const path of [
      'v9-0123456789ab/playlist.m3u8',
      'v1/init.mp4',
      `${VIDEO}/3.m4s`,
      `${VIDEO}/999999999999.m4s`,
      `${VIDEO}/00.m4s`,
      `${VIDEO}/-1.m4s`,
      `${VIDEO}/1.5.m4s`,
      `${VIDEO}/1.mp4`,
      `${VIDEO}/init.m4s`,
      `${VIDEO}/`,
      `__proto__/playlist.m3u8`,
      '/m/x/master.m3u8',
      '/master.m3u8?src=absent.mkv',
    ]) {
      const response = await get(path);
      assert.equal(response.status, 404, path);
      assert.equal(((await response.json()) as ErrorBody).error.code, 'bad_request');
    }
    assert.deepEqual(media.made, []);
  });

  it('says that the source has changed, and serves the new one under its new name', async () => {
    await (await get(`${VIDEO}/0.m4s`)).text();
    const old = media;
    media = new FakeSegmentedMedia('456789abcdef');
    await writeFile(join(folder, 'film.mkv'), 'another film');
    const gone = await get(`${VIDEO}/0.m4s`);
    assert.equal(gone.status, 404, 'although it is in the store');
    assert.match(((await gone.json()) as ErrorBody).error.message, /has changed/);
    assert.equal((await get(`${VIDEO}/playlist.m3u8`)).status, 404);
    assert.equal(await (await get('v1-456789abcdef/0.m4s')).text(), 'v1-456789abcdef/0');
    assert.equal(old.closings, 1);
  });

  it('gives nothing that was made while the source changed', async () => {
    media.beforeSegment = async () => {
      await utimes(join(folder, 'film.mkv'), 1, 1);
    };
    const response = await get(`${VIDEO}/0.m4s`);
    assert.equal(response.status, 404);
    assert.match(((await response.json()) as ErrorBody).error.message, /has changed/);
  });

  it('cancels the making when the last client leaves, and not before', async () => {
    let begin: (signal: AbortSignal | undefined) => void = () => undefined;
    const begun = new Promise<AbortSignal | undefined>((resolve) => (begin = resolve));
    media.beforeSegment = (signal) => {
      begin(signal);
      return untilAborted(signal);
    };
    const [first, second] = [new AbortController(), new AbortController()];
    const one = get(`${VIDEO}/0.m4s`, { signal: first.signal });
    const signal = (await begun)!;
    const two = get(`${VIDEO}/0.m4s`, { signal: second.signal });
    await segmentsAreAwaited(2);
    first.abort();
    await assert.rejects(one);
    await answersAre(1);
    assert.equal(signal.aborted, false);
    second.abort();
    await assert.rejects(two);
    await answersAre(0);
    assert.equal(signal.aborted, true);
    assert.ok(
      records.every(({ msg }) => msg !== 'request failed'),
      'leaving is no failure',
    );
  });

  it('refuses with 503 what it cannot even let wait', async () => {
    media.beforeSegment = untilAborted;
    const leave = new AbortController();
    const waiting = ['init.mp4', '0.m4s', '1.m4s'].map((file) =>
      get(`${VIDEO}/${file}`, { signal: leave.signal }),
    );
    await segmentsAreAwaited(3);
    const refused = await get(`${VIDEO}/2.m4s`);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '3', 'one runs and two wait, of a second each');
    assert.equal(((await refused.json()) as ErrorBody).error.code, 'overloaded');
    leave.abort();
    await Promise.allSettled(waiting);
  });

  it('lets no source be kept that cannot tell its version', async () => {
    media = new FakeSegmentedMedia(undefined);
    const response = await get('v1/0.m4s', { headers: { range: 'bytes=0-1', 'if-none-match': '*' } });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'v1/0');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('etag'), null);
    for (const path of ['master.m3u8', 'manifest.mpd']) {
      assert.equal((await get(path)).headers.get('cache-control'), 'no-store');
    }
    await (await get('v1/0.m4s')).text();
    assert.deepEqual(media.made, ['v1/0', 'v1/0']);
  });

  it('leads from the short forms to the master playlist and the manifest', async () => {
    for (const file of ['master.m3u8', 'manifest.mpd']) {
      const response = await get(`/${file}?src=film.mkv&video=hvc1,av01`, { redirect: 'manual' });
      assert.equal(response.status, 302);
      assert.equal(response.headers.get('location'), `/m/${ref}/${file}?video=hvc1%2Cav01`);
    }
  });

  it('tells the pipelines what the player of DASH says it plays', async () => {
    const text = await (await get('manifest.mpd?video=hvc1.1.6.L93.B0&audio=ec-3')).text();
    assert.match(text, /<!-- aac\+eac3\+h264\+hevc -->/);
  });

  it('says in the description what it is as HLS, or why it is not', async () => {
    const described = (await (await get('info.json')).json()) as { hls: Record<string, unknown> };
    assert.deepEqual(described.hls['index'], {
      origin: 'cues',
      keyframes: 3,
      tested: 2,
      largestGapSeconds: 6.5,
      faults: [],
    });
    assert.deepEqual(described.hls['plan'], {
      segments: 3,
      durationSeconds: 15,
      shortestSeconds: 2.5,
      longestSeconds: 6.5,
    });
    assert.deepEqual(
      (described.hls['renditions'] as { id: string }[]).map(({ id }) => id),
      [VIDEO, AUDIO],
    );
    await writeFile(join(folder, 'film.mkv'), 'another film');
    open = async () => {
      throw new UnsupportedMediaError('There is no index.');
    };
    const refused = await get('info.json');
    assert.equal(refused.status, 200);
    const { container, hls } = (await refused.json()) as { container: string; hls: unknown };
    assert.equal(container, 'matroska');
    assert.deepEqual(hls, {
      state: 'unavailable',
      error: { code: 'unsupported_media', message: 'There is no index.' },
    });
  });

  it('lets pages of other origins read only when it is told so', async () => {
    const origin = 'https://player.example';
    const closed = await get('master.m3u8', { headers: { origin } });
    assert.equal(closed.headers.get('access-control-allow-origin'), null);
    assert.equal(closed.headers.get('cross-origin-resource-policy'), 'same-origin');
    assert.equal((await preflight(origin)).status, 405);

    await server[Symbol.asyncDispose]();
    server = await start({ corsOrigins: [origin] });
    const files = ['master.m3u8', 'manifest.mpd', `${VIDEO}/0.m4s`, `${VIDEO}/9.m4s`, 'info.json'];
    for (const path of [...files, '/library.json']) {
      const { headers } = await get(path, { headers: { origin } });
      assert.equal(headers.get('access-control-allow-origin'), origin, path);
      assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin');
      assert.match(headers.get('access-control-expose-headers')!, /Content-Range.*ETag.*Server-Timing/);
      assert.equal(headers.get('timing-allow-origin'), origin);
      assert.match(headers.get('vary')!, /Origin/);
      const other = await get(path, { headers: { origin: 'https://evil.example' } });
      assert.equal(other.headers.get('access-control-allow-origin'), null);
      assert.equal(other.headers.get('cross-origin-resource-policy'), 'same-origin');
      assert.match(other.headers.get('vary')!, /Origin/, 'a cache keeps the two apart');
    }
    const allowed = await preflight(origin);
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers.get('access-control-allow-origin'), origin);
    assert.match(allowed.headers.get('access-control-allow-methods')!, /GET, HEAD/);
    assert.match(allowed.headers.get('access-control-allow-headers')!, /Range/);
    assert.equal((await preflight('https://evil.example')).status, 403);

    await server[Symbol.asyncDispose]();
    server = await start({ corsOrigins: ['*'] });
    const any = await get('master.m3u8');
    assert.equal(any.headers.get('access-control-allow-origin'), '*');
    assert.doesNotMatch(any.headers.get('vary')!, /Origin/);
  });

  it('still answers only to names of this machine, whatever origins may read', async () => {
    await server[Symbol.asyncDispose]();
    server = await start({ corsOrigins: ['*'] });
    const status = await new Promise((resolve, reject) => {
      const path = `/m/${ref}/master.m3u8`;
      httpRequest(new URL(path, server.url), { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    assert.equal(status, 403);
  });

  it('ends what is being made when the server ends', async () => {
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    media.beforeSegment = (signal) => {
      begin();
      return untilAborted(signal);
    };
    const response = get(`${VIDEO}/0.m4s`);
    response.catch(() => undefined);
    await begun;
    await server[Symbol.asyncDispose]();
    await segments[Symbol.asyncDispose]();
    assert.equal(media.closings, 1);
    await Promise.allSettled([response]);
  });

  /** A preflight, which `fetch` does not send by itself here. */
  function preflight(origin: string): Promise<Response> {
    const headers = {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'range',
    };
    return get(`${VIDEO}/0.m4s`, { method: 'OPTIONS', headers });
  }

  /** Until so many requests wait for their segment; each has looked twice whether there is one. */
  async function segmentsAreAwaited(count: number): Promise<void> {
    while (media.counts < 2 * count) await get('/healthz');
  }

  async function answersAre(count: number): Promise<void> {
    for (;;) {
      const { answers } = (await (await get('/healthz')).json()) as { answers: number };
      if (answers === count) return;
    }
  }
});
