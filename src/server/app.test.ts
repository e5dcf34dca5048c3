import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as http from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pino from 'pino';
import { EngineError, MalformedMediaError, RequestError, UnsupportedMediaError } from '../errors.js';
import type { Source } from '../media/source.js';
import type { StreamTrack } from '../pipelines/stream-report.js';
import { Library } from './library.js';
import { startServer, type RunningServer } from './listen.js';
import type { MediaService, MediaStream, StreamRecord } from './media-service.js';

type ChunkList = readonly Uint8Array[];
type Options = Parameters<MediaService['stream']>[1];

/** A media service whose streams yield what a test says, and which remembers what it was asked. */
class FakeMedia implements MediaService {
  readonly asked: Options[] = [];
  readonly sources: Source[] = [];
  endings = 0;
  /** What is done with the tracks. */
  tracks: readonly StreamTrack[] = [];
  lists: (signal: AbortSignal) => AsyncGenerator<ChunkList> = async function* () {};

  stream(source: Source, options: Options): MediaStream {
    this.asked.push(options);
    this.sources.push(source);
    const description = Promise.resolve({
      mimeType: 'video/mp4; codecs="avc1.640028,mp4a.40.2"',
      trueStartMs: 4004.0000001,
      sourceDurationMs: 60_000.5,
      tracks: this.tracks,
    });
    return { description, chunks: () => this.#run(options) };
  }

  /** Why there is nothing to describe. */
  fault: Error | undefined;

  describe(): Promise<object> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    return Promise.resolve({ container: 'matroska', durationMs: 1000, tracks: [] });
  }

  async *#run({ signal, log }: Options): AsyncGenerator<ChunkList> {
    let outcome: StreamRecord['outcome'] = 'cancelled';
    try {
      yield* this.lists(signal);
      outcome = 'complete';
    } catch (error) {
      if (!signal.aborted) outcome = 'failed';
      throw error;
    } finally {
      this.endings++;
      log({ outcome });
    }
  }
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('server', () => {
  let folder: string;
  let media: FakeMedia;
  let server: RunningServer;
  let records: { stream?: StreamRecord; name?: string }[];
  const ref = Buffer.from('0/film.mkv').toString('base64url');

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-server-'));
    await writeFile(join(folder, 'film.mkv'), 'film');
    await writeFile(join(folder, "it's (a) naïve* film.mkv"), 'film');
    media = new FakeMedia();
    records = [];
    const log = pino(
      { level: 'info' },
      {
        write: (line: string) => {
          const record = JSON.parse(line) as { stream?: StreamRecord; msg: string };
          // Each request has one of these when its answer has ended.
          if (record.msg !== 'request answered') records.push(record);
        },
      },
    );
    const library = await Library.open([folder]);
    const limits = { maxStreams: 3, maxEncodedStreams: 1, clientIdleTimeoutMs: 60_000 };
    server = await startServer({ library, media, log, host: '127.0.0.1', port: 0, ...limits });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, server.url), init);

  it('sends the init segment and fragments, with the true start in a header', async () => {
    media.lists = async function* () {
      yield [text('init')];
      yield [text('moof1'), text('sample')];
      yield [text('moof2')];
    };
    const response = await get(`/m/${ref}/stream.mp4?start=1:05&duration=30s&audio=aac&audioTrack=2`);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'initmoof1samplemoof2');
    assert.equal(response.headers.get('content-type'), 'video/mp4; codecs="avc1.640028,mp4a.40.2"');
    assert.equal(response.headers.get('x-segmint-start-ms'), '4004');
    assert.equal(response.headers.get('x-segmint-source-duration-ms'), '60000.5');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('content-disposition'), `inline; filename*=UTF-8''film.mp4`);
    const { startMs, maxDurationMs, audio, audioTrack, video } = media.asked.at(-1)!;
    assert.deepEqual(
      { startMs, maxDurationMs, audio, audioTrack, video },
      { startMs: 65_000, maxDurationMs: 30_000, audio: 'aac', audioTrack: 2, video: undefined },
    );
    assert.deepEqual(records.at(-1)?.stream, { outcome: 'complete' });
    await assert.rejects(media.sources.at(-1)!.read(0, 1), 'the source is closed');
  });

  it('refuses HTTP/1.0, which cannot tell the end of a stream from a broken connection', async () => {
    const answer = await exchange(server.url, `GET /m/${ref}/stream.mp4 HTTP/1.0\r\nHost: localhost\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 400 .*needs HTTP\/1\.1/s);
  });

  it('answers HEAD with the headers of GET and closes everything', async () => {
    media.lists = async function* () {
      yield [text('init')];
      yield [text('moof')];
    };
    const endings = media.endings;
    const response = await get(`/m/${ref}/stream.mp4`, { method: 'HEAD' });
    assert.equal(response.headers.get('x-segmint-start-ms'), '4004');
    assert.equal(await response.text(), '');
    assert.equal(media.endings, endings + 1);
  });

  it('leads from the short form to the item, with the rest of the query', async () => {
    const response = await get('/stream.mp4?src=film.mkv&start=5&audio=aac', { redirect: 'manual' });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get('location'), `/m/${ref}/stream.mp4?start=5&audio=aac`);
    for (const [src, status] of [
      ['absent.mkv', 404],
      ['../film.mkv', 403],
      ['%2e%2e%2ffilm.mkv', 403],
      ['/etc/passwd', 403],
      ['a%00.mkv', 404],
      ['', 404],
    ] as const) {
      const refusal = await get(`/stream.mp4?src=${src}`, { redirect: 'manual' });
      assert.equal(refusal.status, status, src);
      assert.ok(!(await refusal.text()).includes(folder));
    }
  });

  it('tells an error before the first byte by its status', async () => {
    const cases = [
      [new UnsupportedMediaError('Nothing to play.'), 415, 'unsupported_media'],
      [new MalformedMediaError('Not a Matroska file.', { context: { offset: 7 } }), 422, 'malformed_media'],
      [new RequestError('No such track.'), 400, 'bad_request'],
      [new TypeError(`cannot read ${folder}`), 500, 'invariant'],
    ] as const;
    for (const [error, status, code] of cases) {
      media.lists = async function* () {
        yield* [];
        throw error;
      };
      const response = await get(`/m/${ref}/stream.mp4`);
      assert.equal(response.status, status);
      const body = (await response.json()) as { error: { code: string; message: string; context?: unknown } };
      assert.equal(body.error.code, code);
      if (status !== 500) assert.equal(body.error.message, error.message);
      assert.deepEqual(body.error.context, status === 422 ? { offset: 7 } : undefined);
      assert.ok(!JSON.stringify(body).includes(folder));
    }
  });

  it('breaks the connection on an error after the first byte', async () => {
    media.lists = async function* () {
      yield [text('init')];
      yield [text('moof')];
      throw new MalformedMediaError('Broken.');
    };
    const response = await get(`/m/${ref}/stream.mp4`);
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
    assert.equal(records.at(-1)?.stream?.outcome, 'failed');
  });

  it('ends the stream when the client leaves, also while nothing comes', async () => {
    let ended: (() => void) | undefined;
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    media.lists = async function* (signal) {
      yield [text('init')];
      yield [text('moof')];
      try {
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      } finally {
        ended?.();
      }
    };
    const abort = new AbortController();
    const response = await get(`/m/${ref}/stream.mp4`, { signal: abort.signal });
    await response.body!.getReader().read();
    abort.abort();
    await end;
  });

  it('takes a client that leaves before anything came for no failure', async () => {
    let begun: (() => void) | undefined;
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    media.lists = async function* (signal) {
      yield* [];
      begun?.();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    };
    const abort = new AbortController();
    const response = get(`/m/${ref}/stream.mp4`, { signal: abort.signal });
    await beginning;
    abort.abort();
    await assert.rejects(response);
    for (;;) {
      const { streams } = (await (await get('/healthz')).json()) as { streams: number };
      if (streams === 0) break;
    }
    assert.equal(records.at(-1)?.stream?.outcome, 'cancelled', 'and no record of an error after it');
  });

  it('begins nothing for a client that left before its turn', async () => {
    const library = await Library.open([folder]);
    const resolve = library.resolve.bind(library);
    const [abort, gone] = [new AbortController(), new AbortController()];
    const leaving = once(gone.signal, 'abort');
    library.resolve = async (wanted) => {
      abort.abort();
      await leaving;
      return await resolve(wanted);
    };
    const watch = (message: unknown): void => {
      (message as { response: http.ServerResponse }).response.once('close', () => gone.abort());
    };
    const log = pino({ level: 'silent' });
    await using slow = await startServer({ library, media, log, host: '127.0.0.1', port: 0 });
    const asked = media.asked.length;
    subscribe('http.server.request.start', watch);
    const response = fetch(new URL(`m/${ref}/stream.mp4`, slow.url), { signal: abort.signal });
    await assert.rejects(response);
    await leaving;
    unsubscribe('http.server.request.start', watch);
    for (let i = 0; i < 20; i++) await (await fetch(new URL('healthz', slow.url))).text();
    assert.equal(media.asked.length, asked);
  });

  it('asks for no more than the client reads', async () => {
    let made = 0;
    media.lists = async function* () {
      for (;;) {
        made++;
        yield [new Uint8Array(1 << 20)];
      }
    };
    const abort = new AbortController();
    const response = await get(`/m/${ref}/stream.mp4`, { signal: abort.signal });
    const reader = response.body!.getReader();
    await reader.read();
    // Whatever sockets and the client's own queue take, it is far from this many megabytes.
    const before = made;
    await get('/healthz');
    assert.ok(made < 64 && before < 64, `${made} MiB made`);
    abort.abort();
  });

  it('refuses a stream above the limit with 503', async () => {
    media.lists = async function* (signal) {
      yield [text('init')];
      yield [text('moof')];
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    };
    const abort = new AbortController();
    const open = await Promise.all(
      Array.from({ length: 3 }, () => get(`/m/${ref}/stream.mp4`, { signal: abort.signal })),
    );
    assert.deepEqual(
      open.map(({ status }) => status),
      [200, 200, 200],
    );
    const refused = await get(`/m/${ref}/stream.mp4`);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '5');
    abort.abort();
    for (;;) {
      const { streams } = (await (await get('/healthz')).json()) as { streams: number };
      if (streams === 0) break;
    }
  });

  it('refuses one more stream to be encoded, and still sends copies', async () => {
    const video = {
      id: 1,
      type: 'video',
      codec: 'mpeg2video',
      codecString: 'avc1.640028',
      reason: '',
    } as const;
    media.lists = async function* (signal) {
      yield [text('init')];
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    };
    const abort = new AbortController();
    const ask = async (action: StreamTrack['action']): Promise<Response> => {
      media.tracks = [{ ...video, action }];
      return await get(`/m/${ref}/stream.mp4`, { signal: abort.signal });
    };
    const running = await ask('transcode');
    const refused = await ask('transcode');
    assert.deepEqual([running.status, refused.status], [200, 503]);
    assert.ok(refused.headers.has('retry-after'));
    assert.equal((await ask('copy')).status, 200);
    abort.abort();
    for (;;) {
      const { streams } = (await (await get('/healthz')).json()) as { streams: number };
      if (streams === 0) break;
    }
    media.tracks = [];
  });

  it('describes the library and its items', async () => {
    const listing = (await (await get('/library.json')).json()) as {
      items: { ref: string; path: string; size: number }[];
    };
    assert.deepEqual(
      listing.items.map(({ path, size }) => [path, size]),
      [
        ['film.mkv', 4],
        ["it's (a) naïve* film.mkv", 4],
      ],
    );
    const info = (await (await get(`/m/${ref}/info.json`)).json()) as Record<string, unknown>;
    assert.deepEqual(info, {
      ref,
      name: 'film.mkv',
      container: 'matroska',
      durationMs: 1000,
      tracks: [],
      subtitles: [],
      attachments: [],
    });
    media.lists = async function* () {
      yield [text('init')];
    };
    const odd = await get(`/m/${listing.items[1]!.ref}/stream.mp4`);
    assert.equal(
      odd.headers.get('content-disposition'),
      `inline; filename*=UTF-8''it%27s%20%28a%29%20na%C3%AFve%2A%20film.mp4`,
    );
    await odd.text();
  });

  it('tells what is wrong with an item like any other fact, where that is asked for', async () => {
    await writeFile(join(folder, 'other.mkv'), 'other');
    const other = Buffer.from('0/other.mkv').toString('base64url');
    const ask = async (of: string, query: string): Promise<[number, unknown]> => {
      const answer = await get(`/m/${of}/info.json?${query}`);
      return [answer.status, await answer.json()];
    };
    try {
      media.fault = new UnsupportedMediaError('Nothing to play.');
      const error = { code: 'unsupported_media', message: 'Nothing to play.' };
      assert.deepEqual(await ask(other, 'hls=none'), [415, { error }]);
      const inside = await ask(other, 'hls=none&failure=inside');
      assert.deepEqual(inside, [200, { ref: other, error, status: 415 }]);
      assert.equal((await ask('x', 'failure=inside'))[0], 200);
      assert.equal((await ask(other, 'failure=x'))[0], 400);
      media.fault = new EngineError('It died.');
      assert.equal((await ask(other, 'failure=inside'))[0], 500, 'no fault of the item');
    } finally {
      media.fault = undefined;
      await rm(join(folder, 'other.mkv'));
    }
  });

  it('serves the page under a policy that lets nothing in from elsewhere', async () => {
    const page = await get('/');
    assert.match(page.headers.get('content-type')!, /^text\/html/);
    assert.match(
      page.headers.get('content-security-policy')!,
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
    );
    const html = await page.text();
    const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
    assert.ok(assets.length >= 2);
    for (const asset of assets) assert.equal((await get(asset)).status, 200, asset);
  });

  it('refuses bad values and unknown addresses in JSON', async () => {
    for (const query of [
      'start=x',
      'duration=0',
      'audioTrack=-1',
      'audio=mp3',
      'video=x',
      'height=0',
      'start=1&start=2',
    ]) {
      const response = await get(`/m/${ref}/stream.mp4?${query}`);
      assert.equal(response.status, 400, query);
      const { error } = (await response.json()) as { error: { code: string } };
      assert.equal(error.code, 'bad_request');
    }
    for (const path of ['/nothing', '/m/x/stream.mp4', '/m/%00/info.json', '/assets/../../package.json']) {
      assert.equal((await get(path)).status, 404, path);
    }
    assert.equal((await get('/m/%ff/info.json')).status, 400);
    assert.equal((await get(`/m/${ref}/info.json`, { method: 'POST' })).status, 405);
  });

  it('answers only to names of this machine when it listens on loopback', async () => {
    for (const [host, status] of [
      ['localhost', 200],
      ['LOCALHOST:8080', 200],
      ['127.0.0.1:8080', 200],
      ['[::1]:8080', 200],
      ['evil.example', 403],
      ['localhost.evil.example', 403],
      ['127.0.0.1.evil.example', 403],
      ['10.0.0.1', 403],
      ['[::2]', 403],
    ] as const) {
      const answer = await new Promise<number | undefined>((resolve, reject) => {
        http
          .get(new URL('/healthz', server.url), { headers: { host } }, (response) => {
            response.resume();
            resolve(response.statusCode);
          })
          .on('error', reject);
      });
      assert.equal(answer, status, host);
    }
  });

  it('says in words that a port is taken', async () => {
    const library = await Library.open([folder]);
    const port = Number(new URL(server.url).port);
    await assert.rejects(
      startServer({ library, media, log: pino({ level: 'silent' }), host: '127.0.0.1', port }),
      (error) => error instanceof RequestError && error.message.includes('is in use; choose another'),
    );
  });

  it('tells an address that is not there, and may come, from one that cannot be used', async () => {
    const library = await Library.open([folder]);
    // RFC 5737: no machine has it.
    const host = '203.0.113.9';
    await assert.rejects(
      startServer({ library, media, log: pino({ level: 'silent' }), host, port: 0, isPublic: true }),
      { name: 'RequestError', reason: 'not_found', message: `${host} is not an address of this machine.` },
    );
  });

  it('ends every stream when it is closed', async () => {
    const library = await Library.open([folder]);
    const own = new FakeMedia();
    own.lists = media.lists = async function* (signal) {
      yield [text('init')];
      yield [text('moof')];
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    };
    const log = pino({ level: 'silent' });
    const second = await startServer({ library, media: own, log, host: '127.0.0.1', port: 0 });
    const response = await fetch(new URL(`/m/${ref}/stream.mp4`, second.url));
    await second[Symbol.asyncDispose]();
    assert.equal(own.endings, 1);
    await assert.rejects(response.text());
    await assert.rejects(fetch(second.url));
  });

  it('gives up a client that reads nothing', async () => {
    const library = await Library.open([folder]);
    const own = new FakeMedia();
    own.lists = async function* () {
      for (;;) yield [new Uint8Array(1 << 20)];
    };
    const log = pino({ level: 'silent' });
    const options = { library, media: own, log, host: '127.0.0.1', port: 0, clientIdleTimeoutMs: 50 };
    await using second = await startServer(options);
    const socket = connect(Number(new URL(second.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(`GET /m/${ref}/stream.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    for (;;) {
      const health = (await (await fetch(new URL('/healthz', second.url))).json()) as { streams: number };
      if (own.endings === 1 && health.streams === 0) break;
    }
    socket.destroy();
  });
});

/** Sends a request as it is and returns all that comes. */
function exchange(url: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => (received += part));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}
