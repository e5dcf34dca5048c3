/** Real files of many makers behind nginx, where they are there: what comes of each is what comes of it from the disk. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { SegmintError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { HttpPool } from '../src/io/http-pool.js';
import { openHttp } from '../src/io/http.js';
import type { Source } from '../src/media/source.js';
import { CORPUS, corpusFiles, reportCorpus } from './support/corpus.js';
import { startNginx, type Nginx } from './support/nginx.js';
import { readUniversal } from './support/read-stream.js';
import { assertSameBytes } from './support/same-bytes.js';
import { missingTools } from './support/tools.js';

/** The beginning of each tells: how files are read from elsewhere is tested in full on files of our own. */
const MAX_DURATION_MS = 3000;

const files = corpusFiles();
const skip = files.length > 0 ? missingTools('the corpus behind nginx', 'nginx') : false;

describe('the corpus behind nginx', { skip }, () => {
  const refusals = new Map<string, string>();
  let engine: EnginePool;
  let nginx: Nginx | undefined;
  let pool: HttpPool;

  before(async () => {
    engine = createEnginePool({ size: 2 });
    pool = new HttpPool();
    if (files.length > 0) nginx = await startNginx(CORPUS);
  });
  after(async () => {
    pool[Symbol.dispose]();
    await nginx?.[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    reportCorpus('behind nginx', files, refusals);
  });

  /** What is copied of a file; or the code of the error, where it is refused. */
  async function attempt(open: () => Promise<Source>): Promise<Uint8Array | string> {
    try {
      const options = { engine, video: 'copy', audio: 'copy', maxDurationMs: MAX_DURATION_MS } as const;
      return (await readUniversal(await open(), options)).bytes;
    } catch (error) {
      if (error instanceof SegmintError) return error.code;
      throw error;
    }
  }

  for (const file of files) {
    it(`is read as from the disk: ${file}`, { timeout: 240_000 }, async () => {
      const url = `${nginx!.url}/${file.split('/').map(encodeURIComponent).join('/')}`;
      const [near, far] = await Promise.all([
        attempt(() => openFile(join(CORPUS, file))),
        attempt(() => openHttp(url, { pool })),
      ]);
      if (typeof near === 'string' || typeof far === 'string') {
        assert.equal(far, near);
        refusals.set(file, String(near));
      } else assertSameBytes(far, near);
    });
  }
});
