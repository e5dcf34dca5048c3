import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import pino from 'pino';
import { testScheduler } from '../../test/support/scheduler.js';
import { FakeSegmentedMedia } from '../../test/support/fake-segmented-media.js';
import { MemorySegmentStore } from '../delivery/memory-segment-store.js';
import { SegmentService } from '../delivery/segment-service.js';
import { ApiKeys } from './auth-keys.js';
import type { ServerOptions } from './app.js';
import { Library } from './library.js';
import { startServer, type RunningServer } from './listen.js';
import type { MediaService } from './media-service.js';
import { Readiness } from './readiness.js';
import { writeReference } from './reference.js';

const VIDEO = 'v1-0123456789ab';
const ref = writeReference({ root: 0, path: 'film.mkv' });

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: { enum?: string[] };
  }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly summary?: string;
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly head?: Operation }>>;
}

describe('operations', () => {
  let folder: string;
  let library: Library;
  let segmented: FakeSegmentedMedia;
  let segments: SegmentService;
  let lines: string[];
  let server: RunningServer;
  /** Sends the beginning of a film, and then nothing until it is broken off. */
  const media: MediaService = {
    stream: (_source, { signal, log }) => ({
      description: Promise.resolve({ mimeType: 'video/mp4', trueStartMs: 0, sourceDurationMs: 1000 }),
      async *chunks() {
        yield [new TextEncoder().encode('moov')];
        if (!signal.aborted) await once(signal, 'abort');
        log({ outcome: 'cancelled' });
        signal.throwIfAborted();
      },
    }),
    describe: () => Promise.resolve({ container: 'matroska', durationMs: 1000, tracks: [] }),
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-operations-'));
    await writeFile(join(folder, 'film.mkv'), 'film');
    library = await Library.open([folder]);
    segmented = new FakeSegmentedMedia('0123456789ab');
    segments = new SegmentService({
      open: async () => segmented,
      store: new MemorySegmentStore(1 << 20),
      shelf: { maxOpen: 4, idleMs: 60_000 },
      scheduler: testScheduler(1, 2),
    });
    lines = [];
    server = await start({});
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await segments[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function start(options: Partial<ServerOptions>): Promise<RunningServer> {
    const log = pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(line) });
    return startServer({ library, media, segments, log, host: '127.0.0.1', port: 0, ...options });
  }

  async function restart(options: Partial<ServerOptions>): Promise<void> {
    await server[Symbol.asyncDispose]();
    server = await start(options);
  }

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, server.url), init);

  /** Waits for a record of an answer, which is written once the answer has gone. */
  async function answered(id: string): Promise<Record<string, unknown>> {
    for (;;) {
      const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const found = records.find(({ reqId, msg }) => reqId === id && msg === 'request answered');
      if (found !== undefined) return found;
      await new Promise(setImmediate);
    }
  }

  it('give each request an id, that of a proxy before where it is one, and a record', async () => {
    const own = await get(`/m/${ref}/${VIDEO}/1.m4s`, { headers: { 'x-request-id': 'edge-7/a.b' } });
    const { byteLength } = await own.arrayBuffer();
    assert.equal(own.headers.get('x-request-id'), 'edge-7/a.b');
    const { route, method, status, bytes, isWhole, ms } = await answered('edge-7/a.b');
    assert.deepEqual([route, method, status, isWhole], ['/m/:ref/:rendition/:file', 'GET', 200, true]);
    assert.ok((bytes as number) > byteLength && typeof ms === 'number');
    assert.ok(
      lines.some((line) => line.includes('"reqId":"edge-7/a.b"') && line.includes('segment delivered')),
    );

    for (const id of ['a b', 'x'.repeat(129), '{"a":1}']) {
      const response = await get('/absent', { headers: { 'x-request-id': id } });
      const made = response.headers.get('x-request-id')!;
      assert.match(made, /^[0-9a-f-]{36}$/);
      await response.text();
      assert.deepEqual([(await answered(made))['route'], (await answered(made))['status']], ['none', 404]);
    }
  });

  it('write no key, signature or address with one into records', async () => {
    await restart({ access: { keys: new ApiKeys(['a-key-of-some-length-0123456789']), secrets: [] } });
    const secret = 'hunter2hunter2';
    const url = writeReference({ url: new URL(`https://a.example/f.mkv?token=${secret}`) });
    const paths = [
      `/m/${ref}/info.json?sig=${secret}`,
      `/s/${secret}/m/${ref}/stream.mp4`,
      `/stream.mp4?src=${encodeURIComponent(`https://a.example/f.mkv?token=${secret}`)}`,
      `/m/${url}/info.json`,
      `/m/${url}/master.m3u8`,
      `/${secret}`,
    ];
    for (const headers of [{}, { authorization: 'Bearer a-key-of-some-length-0123456789' }]) {
      for (const path of paths) {
        const response = await get(path, { headers });
        await response.body?.cancel();
        await answered(response.headers.get('x-request-id')!);
      }
    }
    const text = lines.join('');
    assert.ok(text.length > 1000);
    for (const hidden of [
      secret,
      'a-key-of-some',
      url,
      Buffer.from(secret).toString('base64url').slice(2, -2),
    ]) {
      assert.ok(!text.includes(hidden), hidden);
    }
  });

  it('count what was done, without labels that clients choose', async () => {
    await (await get(`/m/${ref}/${VIDEO}/0.m4s`)).arrayBuffer();
    await (await get(`/m/${ref}/${VIDEO}/0.m4s`)).arrayBuffer();
    for (let n = 0; n < 20; n++) await (await get(`/absent/${n}`)).text();
    const last = await get('/absent');
    await last.text();
    await answered(last.headers.get('x-request-id')!);
    const response = await get('/metrics');
    assert.match(response.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    assert.match(text, /^segmint_segments_total\{kind="video",origin="made"\} 1$/m);
    assert.match(text, /^segmint_segments_total\{kind="video",origin="store"\} 1$/m);
    assert.match(text, /^segmint_http_requests_total\{route="none",method="GET",status="404"\} 21$/m);
    assert.match(text, /^segmint_segment_seconds_count\{kind="video",origin="made"\} 1$/m);
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
    assert.ok(!text.includes('absent/') && !text.includes(ref));
  });

  it('show the metrics to this machine, to all, or to nobody', async () => {
    const statusOf = async (headers: Record<string, string> = {}): Promise<number> => {
      const response = await get('/metrics', { headers });
      await response.text();
      return response.status;
    };
    assert.equal(await statusOf(), 200);
    assert.equal(await statusOf({ 'x-forwarded-for': '203.0.113.7' }), 403, 'a proxy hands it on');
    await restart({ metricsAudience: 'all' });
    assert.equal(await statusOf({ 'x-forwarded-for': '203.0.113.7' }), 200);
    await restart({ metricsAudience: 'none' });
    assert.equal(await statusOf(), 404);
    const key = 'a-key-of-some-length-0123456789';
    await restart({ access: { keys: new ApiKeys([key]), secrets: [] } });
    assert.equal(await statusOf(), 401);
    const authorization = `Bearer ${key}`;
    assert.equal(await statusOf({ authorization, 'x-forwarded-for': '203.0.113.7' }), 200);
  });

  it('say whether the server is ready', async () => {
    assert.equal((await get('/readyz')).status, 200);
    const check = async (): Promise<void> => Promise.reject(new RangeError('No engine.'));
    await restart({ readiness: new Readiness([{ part: 'engine', isNeeded: true, check }]) });
    const response = await get('/readyz');
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { status: 'unready', parts: { engine: 'fails' } });
  });

  it('describe the interface: every route, by the rules of OpenAPI, and what it really answers', async () => {
    const document = (await (await get('/openapi.json')).json()) as OpenApi;
    const verdict = await new Validator().validate(structuredClone(document) as never);
    assert.deepEqual(verdict.errors, undefined);
    assert.equal(verdict.valid, true);

    const values: Record<string, string> = {
      ref,
      rendition: VIDEO,
      file: '0.m4s',
      subtitle: 't3.vtt',
      number: '0',
      src: 'film.mkv',
      refs: ref,
    };
    for (const [path, { get: operation }] of Object.entries(document.paths)) {
      assert.ok(operation?.summary !== undefined, `${path} has no entry in route-schemas.ts`);
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!);
      const needed = operation.parameters?.filter((each) => each.in === 'query' && each.required) ?? [];
      const query = new URLSearchParams(needed.map(({ name }): [string, string] => [name, values[name]!]));
      const response = await get(`${address}?${query.toString()}`, { redirect: 'manual' });
      const answer = operation.responses[response.status];
      assert.ok(answer !== undefined, `${path} answers ${response.status}`);
      assert.ok(response.status < 400, path);
      const type = response.headers.get('content-type')?.split(';')[0];
      if (response.status === 200)
        assert.ok(Object.keys(answer.content ?? {}).includes(type!), `${path}: ${type}`);
      await response.body?.cancel();
      if (path === '/library/events') continue;
      const head = await get(`${address}?${query.toString()}`, { method: 'HEAD', redirect: 'manual' });
      assert.equal(head.status, response.status, `HEAD ${path}`);
      assert.equal(head.headers.get('content-type'), response.headers.get('content-type'), `HEAD ${path}`);
      assert.equal(await head.text(), '');
    }
    const stream = document.paths['/m/{ref}/stream.mp4']!.get!;
    for (const { name, schema } of stream.parameters!.filter(({ schema: { enum: words } }) => words)) {
      for (const value of [...schema.enum!, 'nonsense']) {
        const response = await get(`/m/${ref}/stream.mp4?${name}=${value}`);
        assert.equal(response.status, value === 'nonsense' ? 400 : 200, `${name}=${value}`);
        await response.body?.cancel();
      }
    }
  });

  it('end when what is being made has been sent, and break off streams', async () => {
    await restart({ shutdownTimeoutMs: 60_000 });
    let release = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      segmented.beforeSegment = async () => {
        resolve();
        await new Promise<void>((done) => (release = done));
      };
    });
    const segment = get(`/m/${ref}/${VIDEO}/2.m4s`);
    await begun;
    const ending = server[Symbol.asyncDispose]();
    const refused = await get('/readyz');
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after') === null, false);
    assert.equal(refused.headers.get('connection'), 'close');
    assert.deepEqual(((await refused.json()) as { error: { code: string } }).error.code, 'overloaded');
    const alive = await get('/healthz');
    assert.equal(((await alive.json()) as { status: string }).status, 'ending');
    release();
    const response = await segment;
    assert.equal(response.status, 200);
    assert.equal((await response.arrayBuffer()).byteLength, Number(response.headers.get('content-length')));
    await ending;
    await assert.rejects(get('/healthz'));
  });

  it('end though a client reads nothing', async () => {
    const body = new Uint8Array(64 << 20);
    const large: MediaService['stream'] = (source, options) => ({
      ...media.stream(source, options),
      async *chunks() {
        yield [body];
        yield [body];
      },
    });
    await restart({ shutdownTimeoutMs: 50, media: { ...media, stream: large } });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /m/${ref}/stream.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(socket, 'readable');
    await server[Symbol.asyncDispose]();
    socket.destroy();
  });

  it('end after a while when something does not, and then it is broken off', async () => {
    await restart({ shutdownTimeoutMs: 50 });
    const response = await get(`/m/${ref}/stream.mp4`);
    const reader = response.body!.getReader();
    assert.equal(Buffer.from((await reader.read()).value as Uint8Array).toString(), 'moov');
    const [rest] = await Promise.allSettled([reader.read(), server[Symbol.asyncDispose]()]);
    assert.equal(rest.status, 'rejected', 'not ended as if it were whole');
  });
});
