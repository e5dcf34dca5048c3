/** A source that was opened before is opened again without reading it through, and gives the same bytes. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CountedSource } from '../bench/standard/counted-source.js';
import { DiskSegmentStore } from '../src/delivery/disk-segment-store.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import type { IndexCache } from '../src/pipelines/segment/kept-index.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('what is kept of a source that was opened', 'ffmpeg');

/** What a player is sent first, and what was read of the source until it was opened. */
interface Opening {
  readonly bytes: number;
  readonly master: string;
  readonly segments: readonly Uint8Array[];
}

describe('the index of a source, kept in a store', { skip }, () => {
  let folder: string;
  let engine: EnginePool;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-kept-index-'));
    engine = createEnginePool({ size: 1 });
    const film = (...args: string[]): void => {
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...args], { cwd: folder });
    };
    // Filled up to a constant rate, so that the file is large and takes no time to make.
    const rate = 'nal-hrd=cbr:filler=1:keyint=50:scenecut=0:bframes=2';
    film(
      ...['-f', 'lavfi', '-i', 'testsrc2=size=128x72:rate=25:duration=10', '-f', 'lavfi', '-i', 'sine=d=10'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', rate, '-b:v', '10M', '-maxrate', '10M'],
      ...['-bufsize', '1M', '-c:a', 'aac', 'part.ts'],
    );
    film('-stream_loop', '2', '-i', 'part.ts', '-c', 'copy', 'film.ts');
    film('-i', 'film.ts', '-c:v', 'copy', '-c:a', 'aac', '-f', 'matroska', '-live', '1', 'film.mkv');
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  async function open(path: string, cache: IndexCache): Promise<Opening> {
    const source = new CountedSource(await openFile(path));
    await using media = await openSegmented(source, { engine, cache });
    const { bytes } = source;
    const segments: Uint8Array[] = [];
    const { renditions } = media.describe(everyBrowserTarget);
    for (const { id, segmentCount } of renditions.filter(({ decision }) => decision.action === 'copy')) {
      for (const n of [0, segmentCount >> 1, segmentCount - 1]) {
        segments.push(Buffer.concat((await media.segment(id, n)).chunks));
      }
    }
    return { bytes, master: media.masterPlaylist(everyBrowserTarget), segments };
  }

  for (const name of ['film.ts', 'film.mkv']) {
    it(`spares another process the scan of ${name}, which has none of its own`, async () => {
      const path = join(folder, name);
      const { size } = statSync(path);
      const kept = join(folder, `${name}-store`);
      const openStore = () => DiskSegmentStore.open({ folder: kept, maxBytes: 10 << 20 });
      let cold: Opening;
      {
        await using store = await openStore();
        cold = await open(path, store);
      }
      assert.ok(cold.bytes > 0.9 * size, `a scan reads all of it: ${cold.bytes} of ${size} bytes`);
      await using store = await openStore();
      const warm = await open(path, store);
      // libavformat looks at some ten megabytes before it knows what a transport stream holds.
      assert.ok(warm.bytes < size / 2, `${warm.bytes} of ${size} bytes were read`);
      assert.equal(warm.master, cold.master);
      assert.ok(cold.segments.length >= 6);
      assert.deepEqual(warm.segments, cold.segments);
    });
  }

  it('is found out anew where a cache gives something else, or fails', async () => {
    const path = join(folder, 'film.mkv');
    const { size } = statSync(path);
    const records: Uint8Array[] = [];
    const keep = async (_: string, chunks: readonly Uint8Array[]): Promise<void> => {
      records.push(Buffer.concat(chunks));
    };
    await open(path, { get: async () => undefined, put: keep });
    const [record] = records;
    const changed = record!.map((byte, i) => (i === 100 ? byte ^ 1 : byte));
    const fail = async (): Promise<never> => assert.fail('the cache is gone');
    for (const get of [async () => changed, async () => record!.subarray(1), fail]) {
      assert.ok((await open(path, { get, put: fail })).bytes > 0.9 * size);
    }
    assert.ok((await open(path, { get: async () => record, put: fail })).bytes < size / 4);
  });
});
