import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ReadOptions, Source, StreamOptions } from '../media/source.js';
import { SourceError } from '../errors.js';
import { openBytes } from './bytes-source.js';
import { cacheChunks } from './chunk-cache.js';
import { ChunkStore } from './chunk-store.js';

const KIB = 1024;
const bytes = Uint8Array.from({ length: 100 * KIB + 17 }, (_, index) => (index * 13 + (index >> 9)) & 0xff);

/** A source that keeps account of requests, and that a test lets go on one chunk at a time. */
class CountingSource implements Source {
  readonly name = 'counting';
  readonly size = bytes.length;
  readonly seekable = true;
  readonly identity = undefined;
  /** Ranges that were asked for; the end is the hint. */
  readonly requests: [number, number][] = [];
  /** Bytes that were given out. */
  bytesGiven = 0;
  /** Streams that were left before they ended. */
  left = 0;
  /** When set, what comes next waits for it. */
  gate: Promise<unknown> | undefined;
  /** When set, the next request fails. */
  failure: Error | undefined;

  async *stream(offset: number, { signal, end = this.size }: StreamOptions = {}): AsyncGenerator<Uint8Array> {
    this.requests.push([offset, end]);
    let isDone = false;
    try {
      for (let at = offset; at < end; at += KIB) {
        await this.#wait(signal);
        const chunk = bytes.subarray(at, Math.min(at + KIB, end));
        this.bytesGiven += chunk.length;
        isDone = at + KIB >= end;
        yield chunk;
      }
      throw new assert.AssertionError({ message: 'more was pulled than was announced' });
    } finally {
      if (!isDone) this.left++;
    }
  }

  read(): Promise<Uint8Array> {
    throw new assert.AssertionError({ message: 'the cache reads streams' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async #wait(signal: ReadOptions['signal']): Promise<void> {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    if (this.gate === undefined) return;
    await new Promise((resolve, reject) => {
      this.gate!.then(resolve, reject);
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, most = Infinity): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= most) break;
  }
  return Buffer.concat(parts);
}

/** Lets everything happen that waits for nothing from outside. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('cacheChunks', () => {
  it('gives what the source gives, however it is read', async () => {
    const part = fc.record({
      offset: fc.integer({ min: 0, max: bytes.length + 10 }),
      length: fc.integer({ min: 0, max: bytes.length }),
      isStream: fc.boolean(),
      hasEnd: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 8 }),
        fc.integer({ min: 100, max: 20_000 }),
        fc.integer({ min: 0, max: bytes.length }),
        fc.boolean(),
        async (parts, chunkBytes, maxBytes, isAtOnce) => {
          await using source = cacheChunks(openBytes(bytes, { chunkSize: 999 }), {
            chunkBytes,
            store: new ChunkStore(maxBytes),
          });
          const check = async ({
            offset,
            length,
            isStream,
            hasEnd,
          }: (typeof parts)[number]): Promise<void> => {
            const end = hasEnd ? offset + length : undefined;
            const read = isStream
              ? (await collect(source.stream(offset, { end }), length)).subarray(0, length)
              : await source.read(offset, length);
            assert.equal(Buffer.compare(read, bytes.subarray(offset, offset + length)), 0);
          };
          if (isAtOnce) await Promise.all(parts.map(check));
          else for (const one of parts) await check(one);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('asks for neighbours together, and for nothing twice', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    await source.read(5 * KIB, 10 * KIB);
    assert.deepEqual(counting.requests, [[4 * KIB, 16 * KIB]]);
    await source.read(0, 24 * KIB);
    assert.deepEqual(counting.requests.slice(1), [
      [0, 4 * KIB],
      [16 * KIB, 24 * KIB],
    ]);
    await collect(source.stream(1000, { end: 23 * KIB }), 20 * KIB);
    assert.equal(counting.requests.length, 3);
  });

  it('shares a request among those that want the same at the same time', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    const reads = await Promise.all(
      Array.from({ length: 10 }, (_, i) => source.read(i * 100, 8 * KIB - 1000)),
    );
    assert.deepEqual(counting.requests, [[0, 8 * KIB]]);
    for (const [i, read] of reads.entries())
      assert.equal(Buffer.compare(read, bytes.subarray(i * 100, i * 100 + 7 * KIB + 24)), 0);
  });

  it('stops at the end that a stream announces, and goes on when more is pulled', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    await collect(source.stream(0, { end: 30 * KIB }), 30 * KIB);
    assert.deepEqual(counting.requests, [[0, 32 * KIB]]);
    assert.equal(counting.left, 0);
    const all = await collect(source.stream(20 * KIB, { end: 30 * KIB }));
    assert.equal(Buffer.compare(all, bytes.subarray(20 * KIB)), 0);
    assert.equal(counting.bytesGiven, bytes.length);
  });

  it('reads ahead only of a stream that goes on and on', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    await collect(source.stream(4 * KIB), 1);
    await settle();
    assert.equal(counting.bytesGiven, 4 * KIB);
    await collect(source.stream(4 * KIB), 12 * KIB);
    await settle();
    assert.ok(counting.bytesGiven > 12 * KIB && counting.bytesGiven < 40 * KIB);
  });

  it('takes the head of a file and its first samples in one request', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    await collect(source.stream(0), 60 * KIB);
    assert.deepEqual(counting.requests, [[0, bytes.length]]);
  });

  it('asks once more for a head that is larger than most', async () => {
    const mebibyte = 1024 * KIB;
    const large = openBytes(new Uint8Array(8 * mebibyte), { chunkSize: 64 * KIB });
    const requests: unknown[] = [];
    await using source = cacheChunks({
      name: 'large',
      size: large.size,
      seekable: true,
      identity: undefined,
      stream: (offset, options) => {
        requests.push([offset, options?.end]);
        return large.stream(offset, options);
      },
      read: (offset, length, options) => large.read(offset, length, options),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    await collect(source.stream(0), 1.7 * mebibyte);
    await settle();
    assert.deepEqual(requests, [
      [0, mebibyte],
      [mebibyte, 2 * mebibyte],
    ]);
  });

  it('reads little more than is needed when renditions are fetched in turn', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 2 * KIB, store: new ChunkStore(32 * KIB) });
    for (let at = 0; at < bytes.length; at += 5 * KIB) {
      const end = Math.min(at + 5 * KIB, bytes.length);
      // Each rendition reads the same bytes; the second begins somewhat earlier, for its pre-roll.
      await Promise.all([
        collect(source.stream(at, { end }), end - at),
        collect(source.stream(Math.max(0, at - KIB), { end }), end - at),
      ]);
    }
    assert.ok(counting.bytesGiven <= 1.1 * bytes.length, `${counting.bytesGiven} bytes`);
  });

  it('keeps no more than it may', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB, store: new ChunkStore(8 * KIB) });
    await source.read(0, 4 * KIB);
    await source.read(4 * KIB, 4 * KIB);
    await source.read(0, 4 * KIB);
    await source.read(8 * KIB, 4 * KIB);
    counting.requests.length = 0;
    await source.read(0, 4 * KIB);
    assert.deepEqual(counting.requests, [], 'what was used last is kept');
    await source.read(4 * KIB, 4 * KIB);
    assert.deepEqual(counting.requests, [[4 * KIB, 8 * KIB]], 'what was used least recently is not');
  });

  it('lets a reader leave without taking the bytes from another', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    let open: (value: unknown) => void = () => undefined;
    counting.gate = new Promise((resolve) => (open = resolve));
    const abort = new AbortController();
    const leaving = source.read(0, 8 * KIB, { signal: abort.signal });
    const staying = source.read(4 * KIB, 4 * KIB);
    const reason = new SourceError('The viewer left.');
    abort.abort(reason);
    await assert.rejects(leaving, reason);
    open(undefined);
    assert.equal(Buffer.compare(await staying, bytes.subarray(4 * KIB, 8 * KIB)), 0);
    assert.equal(counting.requests.length, 1);
    assert.equal(counting.left, 0);
  });

  it('gives a request up when the last reader has left, and can make it again', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    counting.gate = new Promise(() => undefined);
    const aborts = [new AbortController(), new AbortController()];
    const reads = aborts.map(({ signal }) => source.read(0, 8 * KIB, { signal }));
    const rejections = reads.map((read) => assert.rejects(read, { name: 'AbortError' }));
    for (const abort of aborts) abort.abort();
    await Promise.all(rejections);
    await settle();
    assert.equal(counting.left, 1);
    counting.gate = undefined;
    assert.equal(Buffer.compare(await source.read(0, 8 * KIB), bytes.subarray(0, 8 * KIB)), 0);
  });

  it('tells an error to all that wait, and does not keep it', async () => {
    const counting = new CountingSource();
    await using source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    counting.failure = new SourceError('The connection was lost.');
    const reads = [source.read(0, 100), source.read(50, 8000), collect(source.stream(0))];
    for (const read of reads) await assert.rejects(read, /connection was lost/);
    assert.equal(Buffer.compare(await source.read(0, 100), bytes.subarray(0, 100)), 0);
  });

  it('ends reads that are under way when it is closed, and refuses further ones', async () => {
    const counting = new CountingSource();
    const source = cacheChunks(counting, { chunkBytes: 4 * KIB });
    await source.read(0, 100);
    counting.gate = new Promise(() => undefined);
    const read = assert.rejects(source.read(50 * KIB, 100), SourceError);
    await source[Symbol.asyncDispose]();
    await read;
    await assert.rejects(source.read(0, 100), SourceError);
    await assert.rejects(collect(source.stream(0)), SourceError);
  });

  it('shares one bound among sources, and gives back what a closed one took', async () => {
    const store = new ChunkStore(8 * KIB);
    const [first, second] = [new CountingSource(), new CountingSource()];
    const one = cacheChunks(first, { chunkBytes: 4 * KIB, store });
    await using other = cacheChunks(second, { chunkBytes: 4 * KIB, store });
    await one.read(0, 8 * KIB);
    await other.read(0, 4 * KIB);
    await one.read(4 * KIB, 4 * KIB);
    assert.equal(first.requests.length, 1, 'what was used last is kept');
    await one.read(0, 4 * KIB);
    assert.equal(first.requests.length, 2, 'another source took the place of what was used least recently');
    await other.read(0, 4 * KIB);
    assert.equal(store.bytes, 8 * KIB);
    await one[Symbol.asyncDispose]();
    assert.equal(store.bytes, 4 * KIB);
    await other.read(0, 4 * KIB);
    assert.equal(second.requests.length, 2);
    assert.equal(cacheChunks(other), other, 'two caches are no better than one');
  });

  it('leaves a source alone that cannot be read anywhere', () => {
    const plain = openBytes(bytes);
    const stream: Source = {
      name: plain.name,
      size: plain.size,
      seekable: false,
      identity: undefined,
      stream: (offset, options) => plain.stream(offset, options),
      read: (offset, length, options) => plain.read(offset, length, options),
      [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
    };
    assert.equal(cacheChunks(stream), stream);
  });
});
