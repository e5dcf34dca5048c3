/** Processes that share a folder, and are killed in the middle of it. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DiskSegmentStore } from '../src/delivery/disk-segment-store.js';
import { seededRandom } from './support/seeded-random.js';
import { objectOf } from './support/segment-store-contract.js';

const WRITER = fileURLToPath(new URL('support/store-writer.js', import.meta.url));
const maxBytes = 4 << 20;

describe('a folder of segments whose processes are killed', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'segmint-crash-'))));
  after(() => rm(folder, { recursive: true }));

  async function startWriter(seed: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, [WRITER, folder, seed, String(maxBytes)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  it('holds only whole objects, within its bound, and nothing that was never finished', async () => {
    const random = seededRandom('kill');
    for (let round = 0; round < 6; round++) {
      const writers = await Promise.all(['a', 'b'].map((name) => startWriter(`${name}${round}`)));
      for (const writer of writers) {
        // Anywhere in a write: the moment is chosen, and nothing depends on it.
        await delay(random(40));
        assert.equal(writer.exitCode, null, 'it has seen no wrong byte');
        const exit = once(writer, 'exit');
        writer.kill('SIGKILL');
        assert.deepEqual(await exit, [null, 'SIGKILL']);
      }
      const store = await DiskSegmentStore.open({ folder, maxBytes });
      let found = 0;
      for (let key = 0; key < 200; key++) {
        const object = await store.get(`${key}`);
        if (object === undefined) continue;
        found++;
        assert.deepEqual(object, objectOf(`${key}`, 1000 + key * 1000));
      }
      assert.ok(found > 0);
      await store.put(`after ${round}`, [objectOf('x', 100)]);
      await store[Symbol.asyncDispose]();
      assert.ok((await bytesThere()) <= maxBytes);
      assert.deepEqual(await readdir(join(folder, 'segments', 'making')), []);
    }
  });

  async function bytesThere(): Promise<number> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const facts = await Promise.all(files.map(async ({ parentPath, name }) => stat(join(parentPath, name))));
    return facts.reduce((sum, { size }) => sum + size, 0);
  }
});
