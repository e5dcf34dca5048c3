/** Remote sources whose servers fail in every way: what is played is right to the byte, or ends in a clear error. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { SourceError, UnsupportedMediaError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { cacheChunks } from '../src/io/chunk-cache.js';
import { openHttp } from '../src/io/http.js';
import { openIterable } from '../src/io/iterable.js';
import type { Source } from '../src/media/source.js';
import { FaultyServer, type Fault } from './support/faulty-server.js';
import { fixturePath, PICTURES, SOUNDS, type Fixture } from './support/fixtures.js';
import { playSegments, playStream } from './support/play-source.js';
import { assertSameBytes } from './support/same-bytes.js';
import { missingTools } from './support/tools.js';

const film: Fixture = {
  name: 'remote-h264-aac',
  spec: { durationMs: 60_000, video: [PICTURES.h264], audio: [SOUNDS.aac] },
};

/** Those that a source gets over. */
const PASSING: readonly Fault[] = ['cut', 'stall', 'busy', 'short'];
/** Those after which the bytes are others, or may be. */
const CHANGES: readonly Fault[] = [
  'replaced',
  'replaced-dated',
  'replaced-longer',
  'other-range',
  'ranges-forgotten',
];

type Play = (source: Source, engine: EnginePool) => Promise<Uint8Array>;

/** Open from a server, as segmint does; waits are short. */
const openAt = (url: string): Promise<Source> =>
  openHttp(url, { retryDelayMs: 1, retries: 12, idleTimeoutMs: 250 });

/** What is played, and the faults that it meets; libavformat reads as our own demuxers do, and need not meet all. */
const PLAYED: readonly { what: string; file: 'mkv' | 'ts'; play: Play; faults: readonly Fault[] }[] = [
  { what: 'a Matroska stream', file: 'mkv', play: playStream, faults: [...PASSING, ...CHANGES] },
  { what: 'Matroska segments', file: 'mkv', play: playSegments, faults: [...PASSING, ...CHANGES] },
  {
    what: 'a Matroska stream through a cache',
    file: 'mkv',
    play: (source, engine) => playStream(cacheChunks(source), engine),
    faults: ['cut', 'replaced'],
  },
  { what: 'a transport stream', file: 'ts', play: playStream, faults: ['cut', 'busy', 'stall', 'replaced'] },
  { what: 'transport stream segments', file: 'ts', play: playSegments, faults: ['cut', 'replaced-longer'] },
];

describe('remote sources', { skip: missingTools('remote sources', 'ffmpeg') }, () => {
  let engine: EnginePool;
  let folder: string;
  const files = new Map<string, Uint8Array>();
  const expected = new Map<string, Uint8Array>();

  before(async () => {
    engine = createEnginePool({ size: 2 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-remote-'));
    const path = await fixturePath(engine, film);
    execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-c', 'copy', join(folder, 'film.ts')]);
    files.set('mkv', readFileSync(path));
    files.set('ts', readFileSync(join(folder, 'film.ts')));
    for (const { what, file, play } of PLAYED) {
      expected.set(what, await play(openBytes(files.get(file)!), engine));
    }
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  for (const { what, file, play, faults } of PLAYED) {
    for (const fault of faults.filter((one) => PASSING.includes(one))) {
      it(`play the same as a file: ${what}, fault ${fault}`, async () => {
        await using server = await FaultyServer.start(files.get(file)!, fault);
        assertSameBytes(await play(await openAt(server.url), engine), expected.get(what)!, what);
      });
    }

    for (const fault of faults.filter((one) => CHANGES.includes(one))) {
      it(`never mix states: ${what}, fault ${fault}`, async () => {
        await using server = await FaultyServer.start(files.get(file)!, fault);
        const outcome = await openAt(server.url)
          .then((source) => play(source, engine))
          .catch((error: unknown) => error);
        if (outcome instanceof Uint8Array) assertSameBytes(outcome, expected.get(what)!, what);
        else assert.ok(outcome instanceof SourceError, String(outcome));
        // It came to the change, or was done before.
        assert.ok(server.requests > 2 || outcome instanceof Uint8Array);
      });
    }
  }

  for (const file of ['mkv', 'ts'] as const) {
    it(`play as a stream alone where there are no ranges: ${file}`, async () => {
      const bytes = files.get(file)!;
      await using server = await FaultyServer.start(bytes, 'no-ranges');
      const once = openIterable(Readable.from([bytes]), { size: bytes.length });
      const streamed = await playStream(await openAt(server.url), engine);
      assertSameBytes(streamed, await playStream(once, engine));
      await assert.rejects(playSegments(await openAt(server.url), engine), UnsupportedMediaError);
    });
  }
});
