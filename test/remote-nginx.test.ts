/** Files behind nginx, played like files of this machine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { SourceError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { HttpPool } from '../src/io/http-pool.js';
import { openHttp } from '../src/io/http.js';
import type { Source } from '../src/media/source.js';
import { fixturePath, PICTURES, SOUNDS, type Fixture } from './support/fixtures.js';
import { startNginx, type Nginx } from './support/nginx.js';
import { playSegments, playStream } from './support/play-source.js';
import { assertSameBytes } from './support/same-bytes.js';
import { missingTools } from './support/tools.js';

const film: Fixture = {
  name: 'remote-h264-aac',
  spec: { durationMs: 60_000, video: [PICTURES.h264], audio: [SOUNDS.aac] },
};

describe('files behind nginx', { skip: missingTools('files behind nginx', 'ffmpeg', 'nginx') }, () => {
  let engine: EnginePool;
  let folder: string;
  let nginx: Nginx;
  let pool: HttpPool;

  before(async () => {
    engine = createEnginePool({ size: 2 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-behind-nginx-'));
    copyFileSync(await fixturePath(engine, film), join(folder, 'film.mkv'));
    for (const name of ['film.ts', 'film.mp4']) {
      execFileSync('ffmpeg', [
        '-v',
        'error',
        '-i',
        join(folder, 'film.mkv'),
        '-c',
        'copy',
        join(folder, name),
      ]);
    }
    nginx = await startNginx(folder);
    pool = new HttpPool();
  });
  after(async () => {
    pool[Symbol.dispose]();
    await nginx[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const open = (path: string): Promise<Source> => openHttp(`${nginx.url}/${path}`, { pool });

  for (const name of ['film.mkv', 'film.mp4', 'film.ts']) {
    it(`gives the same stream and segments: ${name}`, async () => {
      const local = (): Promise<Source> => openFile(join(folder, name));
      assertSameBytes(await playStream(await open(name), engine), await playStream(await local(), engine));
      const segments = await playSegments(await local(), engine);
      assertSameBytes(await playSegments(await open(`moved/${name}`), engine), segments);
    });
  }

  it('reads on where nginx closes connections in between', async () => {
    await using source = await open('limited/film.mkv');
    const bytes = readFileSync(join(folder, 'film.mkv'));
    for (let at = 0; at < bytes.length; at += 100_000) {
      assertSameBytes(await source.read(at, 50_000), bytes.subarray(at, at + 50_000));
    }
  });

  it('knows a file that was replaced', async () => {
    const path = join(folder, 'replaced.mkv');
    const bytes = readFileSync(join(folder, 'film.mkv'));
    writeFileSync(path, bytes);
    await using source = await open('replaced.mkv');
    await source.read(100_000, 10);
    writeFileSync(path, bytes.subarray(0, bytes.length - 1));
    await assert.rejects(
      source.read(200_000, 10),
      (error) => error instanceof SourceError && error.message.includes('changed while it was read'),
    );
    await using now = await open('replaced.mkv');
    assert.notEqual(now.identity, source.identity);
  });
});
