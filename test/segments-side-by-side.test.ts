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
});
