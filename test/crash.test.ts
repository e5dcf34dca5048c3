/** Processes that are killed at work: nothing wrong is sent or kept, others go on, and what was hit comes back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openWithLibav, type LibavDemuxer } from '../src/engine/demux/libav-demuxer.js';
import { createEnginePool } from '../src/engine/pool.js';
import { EngineError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { fixturePath, PICTURES, SOUNDS } from './support/fixtures.js';
import { seededRandom } from './support/seeded-random.js';
import { collect } from './support/samples.js';
import { SegmintServer } from './support/segmint-server.js';
import { fetchHash, listObjects } from './support/served-hls.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('processes that are killed', 'ffmpeg');

describe('a process that is killed', { skip, timeout: 300_000 }, () => {
  let folder: string;
  let film: string;
  let avi: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-crash-'));
    await using engine = createEnginePool({ size: 1 });
    const spec = { durationMs: 20_000, video: [PICTURES.h264], audio: [SOUNDS.eac3] };
    film = await fixturePath(engine, { name: 'crash-h264-eac3', spec });
    avi = join(folder, 'film.avi');
    const codecs = ['-c:v', 'copy', '-bsf:v', 'h264_mp4toannexb', '-c:a', 'ac3'];
    execFileSync('ffmpeg', ['-v', 'error', '-i', film, ...codecs, avi]);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is replaced when it had given nothing of what was asked for', async () => {
    await using source = await openFile(avi);
    const demuxer = await openWithLibav(source, { path: source.path });
    const all = await read(demuxer);
    for (const ask of [read, scan]) {
      const asked = ask(demuxer);
      // It has been told to begin by now.
      for (const pid of demuxer.pids) process.kill(pid, 'SIGKILL');
      await asked;
    }
    assert.deepEqual(await read(demuxer), all);
    const begun = demuxer.samples()[Symbol.asyncIterator]();
    await begun.next();
    for (const pid of demuxer.pids) process.kill(pid, 'SIGKILL');
    await assert.rejects(async () => {
      while ((await begun.next()).done !== true);
    }, EngineError);
    assert.deepEqual(await read(demuxer), all);
    await demuxer.close();
  });

  it('of a server costs time at most: an engine, or a session of libavformat', async () => {
    const random = seededRandom('crash');
    const quiet = ['--log-level', 'silent'];
    await using calm = await SegmintServer.start([film, folder], '--store', 'memory', ...quiet);
    await using server = await SegmintServer.start([film, folder], '--store', 'none', ...quiet);
    for (const name of [basename(film), 'film.avi']) {
      const objects = await listObjects(calm.url, name, 'ladder=none');
      for (const path of objects) {
        const right = await fetchHash(new URL(path, calm.url));
        const asked = fetch(new URL(path, server.url));
        await new Promise((resolve) => setTimeout(resolve, random(60)));
        for (const pid of server.children) process.kill(pid, 'SIGKILL');
        const response = await asked;
        await response.arrayBuffer().catch(() => undefined);
        if (response.status !== 200) assert.equal(response.status, 500);
        assert.equal(await fetchHash(new URL(path, server.url)), right, path);
      }
    }
    assert.equal(await server.stop(), 0);
  });

  it('was the server: another one on the same folder gives the right bytes, and tidies up', async () => {
    const store = join(folder, 'store');
    const random = seededRandom('server');
    await using calm = await SegmintServer.start([film], '--store', 'memory');
    const objects = await listObjects(calm.url, basename(film), 'ladder=none');
    const right = await Promise.all(objects.map((path) => fetchHash(new URL(path, calm.url))));
    await calm.stop();
    for (let round = 0; round < 4; round++) {
      await using server = await SegmintServer.start([film], '--store', store);
      let isKilled = false;
      const asked = objects.map(async (path, i) => {
        const hash = await fetchHash(new URL(path, server.url)).catch((error: unknown) => {
          assert.ok(isKilled, String(error));
        });
        if (hash !== undefined) assert.equal(hash, right[i], path);
      });
      await new Promise((resolve) => setTimeout(resolve, 20 + random(400)));
      isKilled = true;
      await server.kill();
      await Promise.all(asked);
    }
    await using server = await SegmintServer.start([film], '--store', store);
    for (const [i, path] of objects.entries()) {
      assert.equal(await fetchHash(new URL(path, server.url)), right[i], path);
    }
    await server.stop();
    assert.deepEqual(readdirSync(join(store, 'segments', 'making')), []);
  });
});

async function read(demuxer: LibavDemuxer): Promise<string[]> {
  const samples = await collect(demuxer);
  return samples.map(
    ({ trackId, presentationTime, data }) => `${trackId} ${presentationTime} ${data.length} ${data.at(-1)}`,
  );
}

async function scan(demuxer: LibavDemuxer): Promise<void> {
  const video = demuxer.info.tracks.find(({ type }) => type === 'video');
  assert.ok((await demuxer.scanKeyframes(video!.id)).isComplete);
}
