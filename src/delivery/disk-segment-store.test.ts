import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { checkStoreContract, objectOf } from '../../test/support/segment-store-contract.js';
import { BlockPool } from './block-pool.js';
import { fileNameOf } from './disk-folder.js';
import { DiskSegmentStore, type DiskSegmentStoreOptions } from './disk-segment-store.js';
import { SEAL_BYTES } from './sealed-object.js';

describe('the store on disk', () => {
  let folder: string;
  beforeEach(async () => void (folder = await fs.mkdtemp(join(tmpdir(), 'segmint-store-'))));
  afterEach(() => fs.rm(folder, { recursive: true }));

  const open = (options: Partial<DiskSegmentStoreOptions> = {}) =>
    DiskSegmentStore.open({ folder, maxBytes: 1 << 20, ...options });

  const pathOf = (key: string): string => {
    const name = fileNameOf(key);
    return join(folder, 'segments', name.slice(0, 2), name.slice(2));
  };

  /** What all files take, parts and all, as the disk has it. */
  async function bytesThere(): Promise<number> {
    const names = await fs.readdir(join(folder, 'segments'), { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    // A store may drop one while we look.
    const sizeOf = async (path: string): Promise<number> =>
      fs.stat(path).then(
        ({ size }) => size,
        () => 0,
      );
    const sizes = await Promise.all(
      files.map(async ({ parentPath, name }) => sizeOf(join(parentPath, name))),
    );
    return sizes.reduce((sum, size) => sum + Math.ceil(size / 4096) * 4096, 0);
  }

  it('keeps the contract of stores', () => checkStoreContract(open));

  it('has what it had after a restart, private to its owner', async () => {
    {
      await using store = await open();
      await store.put('film/v1/0', [objectOf('x', 5000)]);
    }
    await using store = await open();
    const object = await store.get('film/v1/0');
    assert.deepEqual(object, objectOf('x', 5000));
    assert.equal(object.buffer.byteLength, SEAL_BYTES + 5000, 'read once, and not copied');
    if (process.platform === 'win32') return;
    assert.equal((await fs.stat(pathOf('film/v1/0'))).mode & 0o777, 0o600);
    assert.equal((await fs.stat(join(folder, 'segments'))).mode & 0o777, 0o700);
  });

  it('gives nothing of a file in which a bit is wrong, wherever it is, or that is short, long or of another', async () => {
    await using store = await open();
    const object = objectOf('x', 100);
    const path = pathOf('x');
    await store.put('x', [object]);
    const good = await fs.readFile(path);
    const bad = Array.from(good, (byte, at) => {
      const flipped = Buffer.from(good);
      flipped[at] = byte ^ (1 << (at % 8));
      return flipped;
    });
    for (const length of [0, 1, SEAL_BYTES - 1, SEAL_BYTES, good.length - 1])
      bad.push(good.subarray(0, length));
    bad.push(Buffer.concat([good, good]));
    for (const bytes of bad) {
      await fs.writeFile(path, bytes);
      assert.equal(await store.get('x'), undefined);
      await assert.rejects(fs.stat(path), 'and it is removed');
    }
    await fs.mkdir(join(pathOf('y'), '..'), { recursive: true });
    await fs.writeFile(pathOf('y'), good);
    assert.equal(await store.get('y'), undefined, "another's");
    await store.put('x', [object]);
    assert.deepEqual(await store.get('x'), object);
  });

  it('lends what it reads in memory that it uses again, and only what is whole', async () => {
    const blocks = new BlockPool(8 << 20);
    await using store = await open({ maxBytes: 16 << 20, blocks });
    const object = objectOf('x', 700_000);
    await store.put('x', [object]);
    const first = (await store.borrow('x'))!;
    const second = (await store.borrow('x'))!;
    for (const { chunks } of [first, second]) assert.ok(Buffer.concat(chunks).equals(object));
    const { buffer } = first.chunks[0]!;
    first.giveBack();
    const { freeBytes } = blocks;
    assert.equal(freeBytes, BlockPool.bytesFor(object.byteLength));
    const third = (await store.borrow('x'))!;
    assert.ok(third.chunks.some((chunk) => chunk.buffer === buffer));
    assert.ok(Buffer.concat(second.chunks).equals(object), 'that of another is left alone');
    third.giveBack();
    const path = pathOf('x');
    const good = await fs.readFile(path);
    const flipped = Buffer.from(good);
    flipped[400_000]! ^= 1;
    for (const bytes of [flipped, good.subarray(0, -1), good.subarray(0, SEAL_BYTES - 1), Buffer.alloc(0)]) {
      await fs.writeFile(path, bytes);
      assert.equal(await store.borrow('x'), undefined);
      await assert.rejects(fs.stat(path), 'and it is removed');
      assert.equal(blocks.freeBytes, freeBytes, 'with nothing lost');
    }
    assert.equal(await store.borrow('x'), undefined);
  });

  it('follows no link, opens no folder, and leaves what is not its own', async () => {
    await using store = await open();
    const other = join(folder, 'other');
    await fs.writeFile(other, 'mine');
    await fs.writeFile(join(folder, 'segments', 'making', 'notes.txt'), 'mine');
    await fs.mkdir(join(pathOf('link'), '..'), { recursive: true });
    await fs.symlink(other, pathOf('link'));
    await fs.mkdir(pathOf('folder'), { recursive: true });
    assert.equal(await store.get('link'), undefined);
    assert.equal(await store.get('folder'), undefined);
    await store[Symbol.asyncDispose]();
    await using _again = await open();
    assert.equal(await fs.readFile(other, 'utf8'), 'mine');
    assert.equal(await fs.readFile(join(folder, 'segments', 'making', 'notes.txt'), 'utf8'), 'mine');
  });

  it('drops first what was not asked for the longest, also before it was started', async () => {
    const ago = (seconds: number): number => Date.now() / 1000 - seconds;
    {
      await using store = await open({ maxBytes: 40 * 4096 });
      for (const key of 'abcdefgh') await store.put(key, [objectOf(key, 4 * 4096)]);
    }
    for (const [i, key] of 'abcdefgh'.split('').entries())
      await fs.utimes(pathOf(key), 0, ago(2000 - i * 100));
    {
      await using store = await open({ maxBytes: 40 * 4096 });
      assert.ok(await store.get('a'));
    }
    await using store = await open({ maxBytes: 40 * 4096 });
    await store.put('i', [objectOf('i', 4 * 4096)]);
    assert.equal(await store.get('b'), undefined, 'the oldest of all after a was used');
    for (const key of 'acdefghi') assert.ok(await store.get(key), key);
  });

  it('never takes more than its bound, whatever is put', async () => {
    const step = fc.record({ key: fc.nat(30), length: fc.nat(20_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await using store = await open({ maxBytes: 160_000 });
        await Promise.all(
          steps.map(async ({ key, length }) => store.put(`${key} ${length}`, [objectOf('k', length)])),
        );
        assert.ok(store.size <= 160_000);
        assert.ok((await bytesThere()) <= 160_000);
        for (const { key, length } of steps) {
          const object = await store.get(`${key} ${length}`);
          if (object !== undefined) assert.deepEqual(object, objectOf('k', length));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('takes no more than a share of what the disk has free', async () => {
    const free = async (): Promise<number> => 100 - (await bytesThere()) / 4096;
    const statfs = (async () => ({ bavail: await free(), bsize: 4096 })) as unknown as typeof fs.statfs;
    await using store = await open({ maxShare: 0.25, fileSystem: { ...fs, statfs } });
    for (let i = 0; i < 60; i++) await store.put(`${i}`, [objectOf('k', 1000)]);
    // One may be in the making while the free space is read.
    assert.ok(store.size <= 26 * 4096, `${store.size}`);
    assert.ok(store.size > 0);
  });

  it('goes on without a disk that is full or fails, tells of it once, and leaves no parts', async () => {
    const troubles: unknown[] = [];
    const full = Object.assign(new RangeError('full'), { code: 'ENOSPC' });
    let isBroken = false;
    const openFile = (async (...args: Parameters<typeof fs.open>) => {
      const handle = await fs.open(...args);
      if (isBroken && args[1] === 'wx') handle.writev = () => Promise.reject(full);
      return handle;
    }) as typeof fs.open;
    await using store = await open({
      fileSystem: { ...fs, open: openFile },
      onOutage: (error) => troubles.push(error),
    });
    await store.put('before', [objectOf('b', 100)]);
    isBroken = true;
    for (let i = 0; i < 5; i++) await store.put(`${i}`, [objectOf('k', 100)]);
    assert.deepEqual(troubles, [full]);
    assert.deepEqual(await store.get('before'), objectOf('b', 100), 'reading goes on');
    assert.equal(await store.get('0'), undefined);
    assert.deepEqual(await fs.readdir(join(folder, 'segments', 'making')), []);
    assert.equal(store.size, 4096);
  });

  it('goes on when somebody has emptied it, folders and all', async () => {
    const troubles: unknown[] = [];
    await using store = await open({ onOutage: (error) => troubles.push(error) });
    await store.put('film/v1/0', [objectOf('x', 100)]);
    await fs.rm(join(folder, 'segments'), { recursive: true });
    assert.equal(await store.get('film/v1/0'), undefined);
    await store.put('film/v1/0', [objectOf('x', 100)]);
    assert.deepEqual(await store.get('film/v1/0'), objectOf('x', 100));
    assert.deepEqual(troubles, []);
  });

  it('sees what another process keeps and drops in the same folder', async () => {
    await using one = await open({ maxBytes: 40 * 4096 });
    await using two = await open({ maxBytes: 40 * 4096 });
    await one.put('a', [objectOf('a', 4000)]);
    assert.deepEqual(await two.get('a'), objectOf('a', 4000));
    for (let i = 0; i < 60; i++) {
      await (i % 2 === 0 ? one : two).put(`${i}`, [objectOf('k', 4000)]);
      assert.ok((await bytesThere()) <= 40 * 4096 * (1 + 2 / 16) + 2 * 4096);
    }
    for (let i = 0; i < 60; i++) {
      for (const store of [one, two]) {
        const object = await store.get(`${i}`);
        if (object !== undefined) assert.deepEqual(object, objectOf('k', 4000));
      }
    }
  });

  it('cannot be opened where nothing can be written', async () => {
    await fs.writeFile(join(folder, 'file'), '');
    await assert.rejects(open({ folder: join(folder, 'file') }), { code: 'ENOTDIR' });
  });
});
