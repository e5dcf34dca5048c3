import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import pino from 'pino';
import { MemorySegmentStore } from '../delivery/memory-segment-store.js';
import { UnsupportedMediaError } from '../errors.js';
import { Library } from './library.js';
import { startServer, type RunningServer } from './listen.js';
import type { MediaService } from './media-service.js';
import { writeReference } from './reference.js';

const refOf = (path: string): string => writeReference({ root: 0, path });

describe('the routes of the library', () => {
  let folder: string;
  let server: RunningServer;
  let store: MemorySegmentStore;
  let described: string[];
  let atOnce = 0;
  let mostAtOnce = 0;
  /** Until when one of the files is described. */
  let slow: Promise<void>;
  let records: { readonly msg?: string }[];

  const media: MediaService = {
    stream: () => {
      throw new UnsupportedMediaError('Nothing is streamed here.');
    },
    describe: async (source) => {
      described.push(source.name);
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      await new Promise(setImmediate);
      atOnce--;
      if (source.name === 'slow.mkv') await slow;
      if (source.name === 'bare.mp3') return { tracks: [] };
      if (source.name === 'odd.mkv') throw new UnsupportedMediaError('This is no film.');
      const video = { width: 1920, height: 800, range: 'PQ' };
      const audio = ['en', 'de', 'en'].map((language) => ({ type: 'audio', language }));
      return { durationMs: 61_000.4, tracks: [{ type: 'video', codec: 'hevc', video }, ...audio] };
    },
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-library-route-'));
    for (let n = 0; n < 20; n++) await writeFile(join(folder, `film ${n}.mkv`), 'x');
    await writeFile(join(folder, 'odd.mkv'), 'x');
    described = [];
    records = [];
    store = new MemorySegmentStore(1 << 20);
    server = await start();
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const start = async (): Promise<RunningServer> =>
    startServer({
      library: await Library.open([folder]),
      media,
      store,
      log: pino({ level: 'info' }, { write: (line) => void records.push(JSON.parse(line) as object) }),
      host: '127.0.0.1',
      port: 0,
      shutdownTimeoutMs: 60_000,
    });
  const get = (path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(new URL(path, server.url), { headers, ...(signal && { signal }) });

  it('take it for no failure that a client leaves who waits for details', async () => {
    let release: () => void = () => undefined;
    slow = new Promise((resolve) => (release = resolve));
    await writeFile(join(folder, 'slow.mkv'), 'x');
    const leaving = new AbortController();
    const asked = get(`/library/details?refs=${refOf('slow.mkv')}`, {}, leaving.signal);
    while (!described.includes('slow.mkv')) await new Promise(setImmediate);
    leaving.abort();
    await assert.rejects(asked, { name: 'AbortError' });
    const isRecorded = (): boolean =>
      records.some((record) => JSON.stringify(record).includes('/library/details'));
    while (!isRecorded()) await new Promise(setImmediate);
    release();
    await get('/library.json');
    assert.deepEqual(
      records.filter(({ msg }) => msg === 'request failed'),
      [],
    );
  });

  it('say that there is a picture where somebody has laid one beside a file, for as long as it lies there', async () => {
    const detailsOf = async (name: string): Promise<unknown> => {
      const answer = await get(`/library/details?refs=${refOf(name)}`);
      return ((await answer.json()) as { items: Record<string, object> }).items[refOf(name)];
    };
    const bare = 'bare.mp3';
    await writeFile(join(folder, bare), 'x');
    assert.deepEqual(await detailsOf(bare), { audio: [], subtitles: [], hasPoster: false });
    await writeFile(join(folder, 'bare.jpg'), 'x');
    assert.deepEqual(await detailsOf(bare), { audio: [], subtitles: [], hasPoster: true });
    await rm(join(folder, 'bare.jpg'));
    assert.deepEqual(await detailsOf(bare), { audio: [], subtitles: [], hasPoster: false });
  });

  it('send the listing compressed, and only when it is another one than the client has', async () => {
    const plain = await get('/library.json', { 'accept-encoding': 'identity' });
    const { items, remote, isScanning } = (await plain.json()) as Record<string, unknown>;
    assert.equal((items as unknown[]).length, 21);
    assert.deepEqual([remote, isScanning], [{ allowed: false }, false]);
    assert.equal(plain.headers.get('content-encoding'), null);
    assert.equal(plain.headers.get('cache-control'), 'no-cache');
    const compressed = await get('/library.json');
    assert.equal(compressed.headers.get('content-encoding'), 'gzip');
    assert.equal(compressed.headers.get('vary'), 'Accept-Encoding');
    assert.deepEqual(((await compressed.json()) as { items: unknown }).items, items);
    const tag = compressed.headers.get('etag')!;
    assert.notEqual(tag, plain.headers.get('etag'));
    assert.equal((await get('/library.json', { 'if-none-match': tag })).status, 304);
  });

  it('tell of news as they come, and end with the server at once', async () => {
    const response = await get('/library/events');
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (end: RegExp): Promise<void> => {
      while (!end.test(text)) {
        const { value, done } = await reader.read();
        assert.equal(done, false);
        text += value;
      }
    };
    await until(/retry: 3000\n\n/);
    // What the first reading finds may be told too.
    await get('/library.json');
    await writeFile(join(folder, 'new.mkv'), 'x');
    await until(/event: changed\ndata: 22\n\n/);
    const listing = (await (await get('/library.json')).json()) as { items: { path: string }[] };
    assert.ok(listing.items.some(({ path }) => path === 'new.mkv'));
    await server[Symbol.asyncDispose]();
    // In order, and not broken off.
    while (!(await reader.read()).done);
  });

  it('give details of several items, a few at a time, and each once for good', async () => {
    const refs = Array.from({ length: 20 }, (_, n) => refOf(`film ${n}.mkv`));
    interface Details {
      items: Record<string, Record<string, unknown>>;
    }
    const ask = async (): Promise<Details> =>
      (await (await get(`/library/details?refs=${refs.join(',')}`)).json()) as Details;
    const { items } = await ask();
    assert.deepEqual(items[refs[7]!], {
      durationMs: 61_000,
      video: { width: 1920, height: 800, codec: 'hevc', isHdr: true },
      audio: ['en', 'de'],
      subtitles: [],
      hasPoster: true,
    });
    assert.equal(described.length, 20);
    assert.ok(mostAtOnce <= 3, `${mostAtOnce} at once`);
    await server[Symbol.asyncDispose]();
    server = await start();
    assert.deepEqual((await ask()).items, items);
    assert.equal(described.length, 20, 'they are in the store');
    await writeFile(join(folder, 'film 7.mkv'), 'another one');
    await ask();
    assert.equal(described.length, 21);
  });

  it('say of what cannot be read why, and answer for the others', async () => {
    const refs = [refOf('odd.mkv'), refOf('absent.mkv'), refOf('../x.mkv'), '%00', refOf('film 1.mkv')];
    const { items } = (await (await get(`/library/details?refs=${refs.join(',')}`)).json()) as {
      items: Record<string, { problem?: string }>;
    };
    assert.deepEqual(
      Object.values(items).map(({ problem }) => problem),
      [
        'This is no film.',
        'There is no such item in the library.',
        'The path leads out of the library.',
        'There is no such item in the library.',
        undefined,
      ],
    );
    for (const query of ['', '?refs=', `?refs=${refs.join(',')}&refs=x`, `?refs=${'a,'.repeat(40)}`]) {
      assert.equal((await get(`/library/details${query}`)).status, 400, query);
    }
  });
});
