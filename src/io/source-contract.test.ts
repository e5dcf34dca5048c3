import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { SourceError } from '../errors.js';
import type { Source } from '../media/source.js';
import { openBytes } from './bytes-source.js';
import { cacheChunks } from './chunk-cache.js';
import { ChunkStore } from './chunk-store.js';
import { openFile } from './file.js';
import { openHttp } from './http.js';
import { openIterable } from './iterable.js';

// What media/source.ts promises, held against every kind of source.

const bytes = Uint8Array.from({ length: 3_000_001 }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
let folder: string;
let server: Server;
let address: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segmint-io-'));
  await writeFile(join(folder, 'a.bin'), bytes);
  server = createServer((request, response) => {
    const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (match === null || request.url === '/no-ranges') {
      response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
      return;
    }
    const start = Number(match[1]);
    const end = match[2] === '' ? bytes.length - 1 : Math.min(Number(match[2]), bytes.length - 1);
    const headers = { 'content-range': `bytes ${start}-${end}/${bytes.length}`, etag: '"1"' };
    response.writeHead(206, headers).end(bytes.subarray(start, end + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

async function* pieces(size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function openThroughSmallCache(): Promise<Source> {
  return cacheChunks(await openFile(join(folder, 'a.bin')), {
    chunkBytes: 10_001,
    store: new ChunkStore(50_000),
  });
}

const kinds: readonly { kind: string; open: () => Promise<Source> }[] = [
  { kind: 'file', open: () => openFile(join(folder, 'a.bin')) },
  { kind: 'http with ranges', open: () => openHttp(`${address}/a`) },
  { kind: 'http through a cache', open: async () => cacheChunks(await openHttp(`${address}/a`)) },
  { kind: 'file through a small cache', open: openThroughSmallCache },
  { kind: 'http without ranges', open: () => openHttp(`${address}/no-ranges`) },
  { kind: 'bytes', open: async () => openBytes(bytes, { identity: 'bytes:1', chunkSize: 70_000 }) },
  { kind: 'generator', open: async () => openIterable(pieces(99_991)) },
  {
    kind: 'node stream',
    open: async () => openIterable(Readable.from(pieces(99_991), { objectMode: false })),
  },
  { kind: 'web stream', open: async () => openIterable(ReadableStream.from(pieces(99_991))) },
];

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) {
    assert.ok(chunk.length > 0, 'a chunk is never empty');
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

for (const { kind, open } of kinds) {
  describe(`source: ${kind}`, () => {
    it('streams all its bytes, and never writes into a chunk again', async () => {
      await using source = await open();
      assert.deepEqual(Buffer.compare(await collect(source.stream(0)), bytes), 0);
      if (source.size !== undefined) assert.equal(source.size, bytes.length);
    });

    it('refuses to be read after it is closed, and can be closed twice', async () => {
      const source = await open();
      await source[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
      await assert.rejects(collect(source.stream(0)), SourceError);
      await assert.rejects(source.read(0, 10), SourceError);
    });

    it('rejects with the reason of a signal that is aborted already', async () => {
      await using source = await open();
      const reason = new Error('the viewer left');
      const signal = AbortSignal.abort(reason);
      await assert.rejects(collect(source.stream(0, { signal })), reason);
      if (source.seekable) await assert.rejects(source.read(0, 10, { signal }), reason);
    });

    it('ends a stream at the next read after an abort', async () => {
      await using source = await open();
      const abort = new AbortController();
      const reason = new Error('the viewer left');
      await assert.rejects(async () => {
        for await (const chunk of source.stream(0, { signal: abort.signal })) {
          assert.ok(chunk.length < bytes.length);
          abort.abort(reason);
        }
      }, reason);
    });

    it('goes on behind the end that was announced', async () => {
      await using source = await open();
      const offset = source.seekable ? 100_000 : 0;
      const ends = [500_000, 0, offset, offset + 1, bytes.length, bytes.length + 1];
      // What is not seekable can be read but once.
      for (const end of source.seekable ? ends : ends.slice(0, 1)) {
        const read = await collect(source.stream(offset, { end }));
        assert.deepEqual(Buffer.compare(read, bytes.subarray(offset)), 0);
      }
    });

    it('can be left in the middle of a stream', async () => {
      await using source = await open();
      for await (const chunk of source.stream(0)) {
        assert.ok(chunk.length > 0);
        break;
      }
    });

    it('reads any range when it is seekable, and says so when it is not', async () => {
      await using source = await open();
      if (!source.seekable) {
        await assert.rejects(source.read(0, 1), SourceError);
        await assert.rejects(collect(source.stream(5)), SourceError);
        return;
      }
      assert.ok(source.identity !== undefined);
      for (const [offset, length] of [
        [0, 1],
        [0, 65_536],
        [65_535, 2],
        [65_536, 100_000],
        [bytes.length - 5, 5],
        [bytes.length - 5, 500],
        [bytes.length, 10],
        [bytes.length + 10, 10],
        [17, 0],
      ] as const) {
        const range = await source.read(offset, length);
        assert.deepEqual(Buffer.compare(range, bytes.subarray(offset, offset + length)), 0);
      }
      for (const offset of [1, 65_536, 2_999_999, bytes.length, bytes.length + 1]) {
        assert.deepEqual(Buffer.compare(await collect(source.stream(offset)), bytes.subarray(offset)), 0);
      }
    });

    it('serves reads side by side when it is seekable', async () => {
      await using source = await open();
      if (!source.seekable) return;
      const offsets = Array.from({ length: 20 }, (_, index) => index * 150_000);
      const ranges = await Promise.all(offsets.map((offset) => source.read(offset, 1000)));
      ranges.forEach((range, index) => {
        const offset = offsets[index]!;
        assert.deepEqual(Buffer.compare(range, bytes.subarray(offset, offset + 1000)), 0);
      });
    });

    it('can be streamed once only when it is not seekable', async () => {
      await using source = await open();
      if (source.seekable) return;
      await collect(source.stream(0));
      await assert.rejects(collect(source.stream(0)), SourceError);
    });
  });
}
