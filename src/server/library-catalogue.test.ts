import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { appendFile, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LibraryCatalogue } from './library-catalogue.js';
import { Library } from './library.js';

const QUICK = { settleMs: 1, pauseMs: 1, quietMs: 1, freshMs: 60_000, rootMs: 1, patienceMs: 60_000 };

describe('LibraryCatalogue', () => {
  let root: string;
  let catalogue: LibraryCatalogue;
  let news: EventEmitter;
  /** Watching keeps no process running; here it is what is waited for. */
  let alive: NodeJS.Timeout;

  beforeEach(async () => {
    alive = setInterval(() => undefined, 60_000);
    root = await realpath(await mkdtemp(join(tmpdir(), 'segmint-catalogue-')));
    await mkdir(join(root, 'a/deep'), { recursive: true });
    for (const name of ['a/deep/one.mkv', 'two.mkv']) await writeFile(join(root, name), 'x');
    catalogue = new LibraryCatalogue(await Library.open([root]), QUICK);
    news = new EventEmitter();
    catalogue.subscribe(() => news.emit('news'));
    await catalogue.list();
  });
  afterEach(async () => {
    clearInterval(alive);
    await catalogue[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true });
  });

  const paths = async (): Promise<string[]> => (await catalogue.list()).items.map(({ path }) => path);

  /** Waits until the listing is what it must become; several changes may be told one by one. */
  async function becomes(expected: readonly string[]): Promise<void> {
    const deadline = AbortSignal.timeout(20_000);
    for (;;) {
      const found = await paths();
      if (found.join() === expected.join()) return;
      await once(news, 'news', { signal: deadline }).catch(() => assert.deepEqual(found, expected));
    }
  }

  it('gives the same listing until there is news', async () => {
    assert.equal(await catalogue.list(), await catalogue.list());
    assert.deepEqual(await paths(), ['a/deep/one.mkv', 'two.mkv']);
    assert.equal(catalogue.watched, 3);
  });

  it('tells of files that come, go and are renamed, however deep', async () => {
    await writeFile(join(root, 'a/deep/three.mkv'), 'x');
    await becomes(['a/deep/one.mkv', 'a/deep/three.mkv', 'two.mkv']);
    await rename(join(root, 'a/deep/three.mkv'), join(root, 'zero.mkv'));
    await becomes(['a/deep/one.mkv', 'two.mkv', 'zero.mkv']);
    await rm(join(root, 'two.mkv'));
    await becomes(['a/deep/one.mkv', 'zero.mkv']);
  });

  it('follows folders that come, move and go, and what happens in them', async () => {
    await mkdir(join(root, 'b'));
    await writeFile(join(root, 'b/new.mkv'), 'x');
    await becomes(['a/deep/one.mkv', 'b/new.mkv', 'two.mkv']);
    await writeFile(join(root, 'b/newer.mkv'), 'x');
    await becomes(['a/deep/one.mkv', 'b/new.mkv', 'b/newer.mkv', 'two.mkv']);
    await rename(join(root, 'b'), join(root, 'c'));
    await becomes(['a/deep/one.mkv', 'c/new.mkv', 'c/newer.mkv', 'two.mkv']);
    await rm(join(root, 'c'), { recursive: true });
    await becomes(['a/deep/one.mkv', 'two.mkv']);
    await writeFile(join(root, 'a/four.mkv'), 'x');
    await becomes(['a/deep/one.mkv', 'a/four.mkv', 'two.mkv']);
    assert.equal(catalogue.watched, 3);
  });

  it('tells of a file that has grown, and not of what is hidden or no media', async () => {
    const told = once(news, 'news');
    await writeFile(join(root, '.hidden.mkv'), 'x');
    await writeFile(join(root, 'notes.txt'), 'x');
    await symlink('/etc', join(root, 'outside'));
    await appendFile(join(root, 'two.mkv'), 'more');
    await told;
    const { items } = await catalogue.list();
    assert.deepEqual(
      items.map(({ path, size }) => [path, size]),
      [
        ['a/deep/one.mkv', 1],
        ['two.mkv', 5],
      ],
    );
  });

  it('gives what it has found so far while the first reading takes long', async () => {
    let release = (): void => undefined;
    const library = await Library.open([root]);
    const held = new Promise<void>((resolve) => (release = resolve));
    library.walk = async (walk) => {
      await Library.prototype.walk.call(library, walk);
      await held;
    };
    await using slow = new LibraryCatalogue(library, { ...QUICK, patienceMs: 1 });
    for (;;) {
      const { items, isScanning } = await slow.list();
      assert.equal(isScanning, true);
      if (items.length === 2) break;
    }
    const told = new Promise<void>((resolve) => void slow.subscribe(resolve));
    release();
    await told;
    assert.equal((await slow.list()).isScanning, false);
  });

  it('looks again when it is asked, where nothing tells of changes', async () => {
    const file = join(root, 'two.mkv');
    await using single = new LibraryCatalogue(await Library.open([file]), { ...QUICK, freshMs: -1 });
    assert.equal((await single.list()).items[0]!.size, 1);
    await writeFile(file, 'xyz');
    const told = new Promise<void>((resolve) => void single.subscribe(resolve));
    await single.list();
    await told;
    assert.equal((await single.list()).items[0]!.size, 3);
  });

  it('follows a root that is removed and made again, and one that is replaced', async () => {
    for (const away of [
      (): Promise<void> => rm(root, { recursive: true }),
      () => rename(root, `${root}-old`),
    ]) {
      await away();
      await mkdir(root);
      await writeFile(join(root, 'five.mkv'), 'x');
      await becomes(['five.mkv']);
      await mkdir(join(root, 'b'));
      await writeFile(join(root, 'b/six.mkv'), 'x');
      await becomes(['b/six.mkv', 'five.mkv']);
      await rm(join(root, 'b'), { recursive: true });
      await becomes(['five.mkv']);
    }
    await rm(`${root}-old`, { recursive: true });
    await rm(root, { recursive: true });
    await becomes([]);
    await mkdir(root);
    await writeFile(join(root, 'seven.mkv'), 'x');
    await becomes(['seven.mkv']);
  });
});
