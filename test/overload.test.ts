import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import pino from 'pino';
import { MemorySegmentStore } from '../src/delivery/memory-segment-store.js';
import type { Scheduler } from '../src/delivery/scheduler.js';
import { SegmentService } from '../src/delivery/segment-service.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { streamTranscodeUniversal } from '../src/pipelines/universal.js';
import { Library } from '../src/server/library.js';
import { startServer, type RunningServer } from '../src/server/listen.js';
import { joinBytes } from './support/read-stream.js';
import { testScheduler } from './support/scheduler.js';
import { missingTools } from './support/tools.js';
import { videoSourceNamed, videoSourcePath } from './support/video-sources.js';

const skip = missingTools('a server that is asked for too much', 'ffmpeg');

const VIEWERS = 20;
const RUNNING = 1;
const WAITING = 5;

/** Engines that begin nothing before they are let. */
function gate(engine: EnginePool, opening: () => Promise<void>): EnginePool {
  return {
    get stats() {
      return engine.stats;
    },
    videoEncoders: engine.videoEncoders,
    ready: () => engine.ready(),
    remember: (key, ask) => engine.remember(key, ask),
    onSpare: (listener) => engine.onSpare(listener),
    run: async (request, options) => {
      await opening();
      return await engine.run(request, options);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

describe('more viewers than there are engines for', { skip }, () => {
  let folder: string;
  let engine: EnginePool;
  let scheduler: Scheduler;
  let segments: SegmentService;
  let server: RunningServer;
  /** Each viewer's own film, all of the same bytes. */
  let urls: URL[];
  let expected: Uint8Array;
  let open: () => void;
  let opening: Promise<void>;

  before(async () => {
    const path = videoSourcePath(videoSourceNamed('mpeg2'));
    folder = await mkdtemp(join(tmpdir(), 'segmint-overload-'));
    const names = Array.from({ length: VIEWERS }, (_, viewer) => `film-${viewer}.mkv`);
    for (const name of names) await copyFile(path, join(folder, name));
    engine = createEnginePool({ size: 2, videoEncoder: 'software' });
    await using media = await openSegmented(await openFile(path), { engine });
    const [video] = media.describe({ ...everyBrowserTarget, ladder: 'none' }).renditions;
    expected = joinBytes((await media.segment(video!.id, 0)).chunks);

    scheduler = testScheduler(RUNNING, WAITING);
    const gated = gate(engine, () => opening);
    segments = new SegmentService({
      open: (source, { signal }) => openSegmented(source, { engine: gated, signal, closeSource: false }),
      store: new MemorySegmentStore(0),
      shelf: { maxOpen: VIEWERS, idleMs: 60_000 },
      scheduler,
    });
    server = await startServer({
      library: await Library.open([folder]),
      media: {
        stream: (source, wanted) => streamTranscodeUniversal(source, { ...wanted, engine }),
        describe: describeMedia,
      },
      segments,
      log: pino({ level: 'silent' }),
      host: '127.0.0.1',
      port: 0,
    });
    urls = await Promise.all(
      names.map(async (name) => {
        const master = await fetch(new URL(`/master.m3u8?src=${name}&ladder=none`, server.url));
        const playlist = /^v\S+(?=\/playlist\.m3u8$)/m.exec(await master.text())![0];
        return new URL(`${playlist}/0.m4s`, master.url);
      }),
    );
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await segments[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    opening = new Promise((resolve) => (open = resolve));
  });

  const ask = (viewer: number, signal?: AbortSignal): Promise<Response> =>
    fetch(urls[viewer]!, {
      headers: { 'user-agent': `player ${viewer}` },
      ...(signal === undefined ? {} : { signal }),
    });

  /** Until the scheduler's queue is as a test wants it. */
  async function until(isSo: (stats: Scheduler['stats']['encode']) => boolean): Promise<void> {
    while (!isSo(scheduler.stats.encode)) await new Promise(setImmediate);
  }

  it('refuses at once, with the time to come again, what cannot wait, and gives all others the right bytes', async () => {
    const answers = urls.map((_, viewer) => ask(viewer));
    await until(({ refused }) => refused === VIEWERS - RUNNING - WAITING);
    assert.deepEqual([scheduler.stats.encode.running, scheduler.stats.encode.waiting], [RUNNING, WAITING]);
    open();
    const refused: number[] = [];
    for (const [viewer, answer] of (await Promise.all(answers)).entries()) {
      if (answer.status === 503) {
        refused.push(viewer);
        assert.equal(answer.headers.get('retry-after'), String(RUNNING + WAITING));
        assert.match(await answer.text(), /"overloaded"/);
        continue;
      }
      assert.equal(answer.status, 200);
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), expected);
    }
    assert.equal(refused.length, VIEWERS - RUNNING - WAITING);
    const later = await ask(refused[0]!);
    assert.deepEqual(new Uint8Array(await later.arrayBuffer()), expected);
  });

  it('frees every place when all viewers leave', async () => {
    const leave = new AbortController();
    const answers = urls.slice(0, RUNNING + WAITING).map((_, viewer) => ask(viewer, leave.signal));
    for (const answer of answers) answer.catch(() => undefined);
    await until(({ waiting }) => waiting === WAITING);
    leave.abort();
    await Promise.allSettled(answers);
    await until(({ waiting }) => waiting === 0);
    open();
    await until(({ running }) => running === 0);
    const next = await ask(VIEWERS - 1);
    assert.deepEqual(new Uint8Array(await next.arrayBuffer()), expected);
    await until(({ running, runningAhead, waitingAhead }) => running + runningAhead + waitingAhead === 0);
    // The viewer may have read all of it before the server hears that the system has taken it.
    while (scheduler.memory.total > 0) await new Promise(setImmediate);
  });
});
