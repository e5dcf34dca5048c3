/** Segments are sent from memory that others are put into next: no viewer may ever get another's bytes for that. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import pino from 'pino';
import { BlockPool } from '../src/delivery/block-pool.js';
import { MemorySegmentStore } from '../src/delivery/memory-segment-store.js';
import { SegmentService } from '../src/delivery/segment-service.js';
import type { SegmentStore } from '../src/delivery/segment-store.js';
import { UnsupportedMediaError } from '../src/errors.js';
import type { SegmentBytes } from '../src/pipelines/segment/segmented-media.js';
import { Library } from '../src/server/library.js';
import { startServer, type RunningServer } from '../src/server/listen.js';
import type { MediaService } from '../src/server/media-service.js';
import { writeReference } from '../src/server/reference.js';
import { FakeSegmentedMedia } from './support/fake-segmented-media.js';
import { testScheduler } from './support/scheduler.js';
import { seededRandom } from './support/seeded-random.js';

const VERSION = '0123456789ab';
const VIDEO = `v1-${VERSION}`;
const SEGMENTS = 24;
/** For some ten segments: most are made anew each time, into memory that another has just left. */
const STORE_BYTES = 64 << 20;

const noMedia: MediaService = {
  stream: () => ({
    description: Promise.reject(new UnsupportedMediaError('Not here.')),
    chunks: async function* () {},
  }),
  describe: async () => ({ container: 'matroska' }),
};

/** Bytes that tell at every place which segment they are of: more than the system takes from one who does not read. */
function segmentOf(number: number): Buffer {
  return Buffer.alloc(6_000_000 - ((number * 7919) % 50) * 30_000, `segment ${number} of all, `);
}

/** Knows what memory there is. */
class WatchedPool extends BlockPool {
  readonly #buffers = new Set<ArrayBufferLike>();
  /** Bytes of all blocks that were ever given. */
  bytes = 0;

  override take(byteLength: number): Uint8Array<ArrayBuffer>[] {
    const blocks = super.take(byteLength);
    for (const { buffer } of blocks) {
      if (!this.#buffers.has(buffer)) this.bytes += buffer.byteLength;
      this.#buffers.add(buffer);
    }
    return blocks;
  }
}

/** Media of many large segments. */
class LargeMedia extends FakeSegmentedMedia {
  override segmentCount(): number {
    return SEGMENTS;
  }

  override async segment(_rendition: string, number: number): Promise<SegmentBytes> {
    const bytes = segmentOf(number);
    this.made.push(String(number));
    await new Promise(setImmediate);
    return {
      chunks: [bytes.subarray(0, 100), bytes.subarray(100)],
      byteLength: bytes.byteLength,
      remarks: [],
    };
  }
}

describe('memory that serves one segment after another', () => {
  const ref = writeReference({ root: 0, path: 'film.mkv' });
  let folder: string;
  let library: Library;
  let store: SegmentStore;
  let blocks: WatchedPool;
  let media: LargeMedia;
  let segments: SegmentService;
  let server: RunningServer;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-reuse-'));
    await writeFile(join(folder, 'film.mkv'), 'film');
    library = await Library.open([folder]);
    blocks = new WatchedPool(0);
    store = new MemorySegmentStore(STORE_BYTES, blocks);
    media = new LargeMedia(VERSION);
    segments = new SegmentService({
      open: async () => media,
      store,
      shelf: { maxOpen: 4, idleMs: 60_000 },
      scheduler: testScheduler(4, 1000),
      prefetch: false,
    });
    server = await startServer({
      library,
      media: noMedia,
      segments,
      log: pino({ level: 'silent' }),
      host: '127.0.0.1',
      port: 0,
    });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await segments[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  function ask(number: number): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get(new URL(`/m/${ref}/${VIDEO}/${number}.m4s`, server.url), { agent: false }, resolve).once(
        'error',
        reject,
      );
    });
  }

  async function read(response: IncomingMessage, number: number): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const part of response as AsyncIterable<Uint8Array>) parts.push(part);
    assert.ok(Buffer.concat(parts).equals(segmentOf(number)), `segment ${number} is its own`);
  }

  /** Asks for a segment, and reads all of it. */
  const watch = async (number: number): Promise<void> => await read(await ask(number), number);

  it('changes nothing for viewers who read slowly, together, or leave in the middle', async () => {
    const crowd = Array.from({ length: 6 }, async (_, who) => {
      const random = seededRandom(`viewer ${who}`);
      for (let round = 0; round < 8; round++) {
        // Some ask for the same at the same time.
        const number = (round * 2 + random(6)) % SEGMENTS;
        const response = await ask(number);
        const mood = random(4);
        if (mood === 0) {
          for await (const _part of response) break;
        } else {
          // Others have theirs meanwhile.
          if (mood === 1) await Promise.all([watch(random(SEGMENTS)), watch(random(SEGMENTS))]);
          await read(response, number);
        }
      }
    });
    await Promise.all(crowd);
  });

  it('is not that of a segment whose viewer has stopped reading, or left', async () => {
    const stalled = await ask(0);
    const leaving = await ask(1);
    leaving.destroy();
    for (let number = 2; number < SEGMENTS; number++) await watch(number);
    await read(stalled, 0);
    assert.equal(media.made.length, SEGMENTS);
  });

  it('is used again when all who wanted a segment have it', async () => {
    let all = 0;
    for (let i = 0; i < 2 * SEGMENTS; i++) {
      const number = i % SEGMENTS;
      await Promise.all([watch(number), watch(number)]);
      all += segmentOf(number).byteLength;
    }
    assert.equal(media.made.length, 2 * SEGMENTS);
    assert.ok(blocks.bytes < all / 3, `${blocks.bytes} for ${all} bytes`);
  });
});
