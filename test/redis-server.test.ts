/** A server whose store is a Redis that is killed, and comes back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './support/free-port.js';
import { RedisProcess } from './support/redis.js';
import { SegmintServer } from './support/segmint-server.js';
import { fetchHash, fetchText, listObjects } from './support/served-hls.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('a server with a store in Redis', 'ffmpeg', 'redis-server');

describe('a server with a store in Redis', { skip, timeout: 300_000 }, () => {
  let folder: string;
  let port: number;
  let redis: RedisProcess | undefined;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-redis-server-'));
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=25:duration=14'];
    const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25'];
    execFileSync('ffmpeg', ['-v', 'error', ...picture, ...codec, join(folder, 'film.mkv')]);
    port = await freePort();
    redis = await startRedis();
  });
  after(async () => {
    await redis?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const startRedis = (): Promise<RedisProcess> =>
    RedisProcess.start(folder, '--port', String(port), '--bind', '127.0.0.1');

  it('goes on when it is killed, with the same bytes, and uses it again by itself', async () => {
    const store = ['--store', `redis://127.0.0.1:${port}`, '--cache-size', '0'];
    const server = await SegmintServer.start([folder], ...store, '--engines', '1');
    try {
      const hashes = async (): Promise<string[]> => {
        const objects = await listObjects(server.url, 'film.mkv', 'ladder=none');
        return await Promise.all(objects.map((object) => fetchHash(new URL(object, server.url))));
      };
      const hits = async (): Promise<number> => {
        const text = await fetchText(new URL('/metrics', server.url));
        return Number(/^segmint_store_hits_total (\d+)$/m.exec(text)![1]);
      };
      /** Asks until something comes out of the store: the connection comes by itself, some time. */
      const untilItIsUsed = async (): Promise<void> => {
        const known = await hits();
        while ((await hits()) === known) {
          assert.deepEqual(await hashes(), expected);
          await delay(50);
        }
      };
      const expected = await hashes();
      assert.ok(expected.length >= 3);
      await untilItIsUsed();
      const asked = hashes();
      await redis![Symbol.asyncDispose]();
      assert.deepEqual(await asked, expected);
      const known = await hits();
      for (let i = 0; i < 3; i++) assert.deepEqual(await hashes(), expected);
      assert.equal(await hits(), known);
      assert.equal((await fetch(new URL('/readyz', server.url))).status, 200);
      redis = await startRedis();
      await untilItIsUsed();
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });
});
