/** Many segments of one film made at the same time, out of memory that is used again. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MemorySegmentStore } from '../src/delivery/memory-segment-store.js';
import { SegmentService } from '../src/delivery/segment-service.js';
import { identifyFile, openFile } from '../src/io/file.js';
import type { ReadOptions, Source, StreamOptions } from '../src/media/source.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { joinBytes } from './support/read-stream.js';
import { testScheduler } from './support/scheduler.js';
import { missingTools } from './support/tools.js';

const FILMS = ['avc.mkv', 'fragmented.mp4'];

describe('segments that are made side by side', { skip: missingTools('segments', 'ffmpeg') }, () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-side-by-side-'));
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=70'];
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=70'];
    const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-c:a', 'aac'];
    const run = (...args: string[]): void => void execFileSync('ffmpeg', ['-v', 'error', ...args]);
    run(...picture, ...sound, ...codecs, join(folder, 'avc.mkv'));
    const copy = ['-i', join(folder, 'avc.mkv'), '-c', 'copy'];
    run(...copy, '-movflags', 'frag_keyframe+empty_moov', join(folder, 'fragmented.mp4'));
    run(...copy, join(folder, 'tables.mp4'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const film of FILMS) {
    // The store takes copies of all; and of audio only, as its segments are small.
    for (const storeBytes of [64 << 20, 1 << 20]) {
      it(`have the bytes that each has alone: ${film}, ${storeBytes} bytes kept`, async () => {
        const path = join(folder, film);
        await using alone = await openSegmented(await openFile(path));
        const renditions = alone.describe({ ...everyBrowserTarget, ladder: 'none' }).renditions;
        const names = renditions.flatMap(({ id, segmentCount }) =>
          Array.from({ length: segmentCount }, (_, number) => ({ id, number })),
        );
        assert.ok(names.length >= 20);
        await using service = new SegmentService({
          open: (source, { signal }) => openSegmented(source, { signal, closeSource: false }),
          store: new MemorySegmentStore(storeBytes),
          shelf: { maxOpen: 1, idleMs: 60_000 },
          scheduler: testScheduler(6, 200),
        });
        const identity = await identifyFile(path);
        const subject = { name: path, identityWhenFound: identity, open: () => openFile(path) };
        using loan = await service.borrow(subject);
        for (const round of [1, 2]) {
          const given = await Promise.all(names.map(({ id, number }) => service.segment(loan, id, number)));
          for (const [i, { id, number }] of names.entries()) {
            const expected = joinBytes((await alone.segment(id, number)).chunks);
            assert.deepEqual(joinBytes(given[i]!.chunks), expected, `${id}/${number}, round ${round}`);
          }
          for (const segment of given) segment[Symbol.dispose]();
        }
      });
    }
  }

  for (const film of ['avc.mkv', 'tables.mp4']) {
    it(`are read once for video and audio, and are the same in whatever order they are made: ${film}`, async () => {
      const make = async (order: 'in turn' | 'at once' | 'sound first') => {
        const source = new CountingSource(await openFile(join(folder, film)));
        await using media = await openSegmented(source);
        const { renditions } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
        const names = renditions.flatMap(({ id, segmentCount }) =>
          Array.from({ length: segmentCount }, (_, number) => ({ id, number, isSound: id.startsWith('a') })),
        );
        if (order === 'sound first') names.sort((one, other) => Number(other.isSound) - Number(one.isSound));
        else names.sort((one, other) => one.number - other.number);
        const before = source.bytes;
        const made = new Map<string, Uint8Array>();
        const makeOne = async ({ id, number }: { id: string; number: number }): Promise<void> => {
          made.set(
            `${id} ${number}`,
            joinBytes((await media.segment(id, number, { signal: new AbortController().signal })).chunks),
          );
        };
        if (order === 'at once') await Promise.all(names.map(makeOne));
        else for (const name of names) await makeOne(name);
        return { made, share: (source.bytes - before) / source.size! };
      };
      const inTurn = await make('in turn');
      const atOnce = await make('at once');
      const soundFirst = await make('sound first');
      for (const [name, bytes] of inTurn.made) {
        assert.deepEqual(atOnce.made.get(name), bytes, `${name}, made at once`);
        assert.deepEqual(soundFirst.made.get(name), bytes, `${name}, sound first`);
      }
      // What is read twice is a keyframe at each cut, and what sounds with it.
      assert.ok(inTurn.share < 1.2, `read ${inTurn.share} times`);
      assert.ok(atOnce.share < 1.3, `read ${atOnce.share} times, at once`);
    });
  }
});

/** A file whose reads are counted. */
class CountingSource implements Source {
  bytes = 0;
  readonly seekable = true;
  readonly isLocal = true;
  readonly name: string;
  readonly size: number | undefined;
  readonly identity: string | undefined;
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
    this.name = source.name;
    this.size = source.size;
    this.identity = source.identity;
  }

  async *stream(offset: number, options?: StreamOptions): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#source.stream(offset, options)) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  async read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array> {
    const chunk = await this.#source.read(offset, length, options);
    this.bytes += chunk.length;
    return chunk;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
