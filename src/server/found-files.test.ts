import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RequestError } from '../errors.js';
import { openFile } from '../io/file.js';
import { FoundFiles } from './found-files.js';

const failure = (reason: string) => (error: unknown) =>
  error instanceof RequestError && error.reason === reason;

describe('files that were found before', () => {
  let folder: string;
  let root: string;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'segmint-found-')));
    root = join(folder, 'root');
    await mkdir(root);
  });
  after(() => rm(folder, { recursive: true }));

  it('have the identity that opening them tells, also when they have changed', async () => {
    const files = new FoundFiles();
    const path = join(root, 'changes.mkv');
    const identities = new Set<string>();
    for (const [content, seconds] of [
      ['one', 100],
      ['two', 200],
      ['three', 200],
    ] as const) {
      await writeFile(path, content);
      await utimes(path, seconds, seconds);
      for (const again of [1, 2]) {
        const { identity, realPath } = await files.find(path, root);
        await using source = await openFile(realPath);
        assert.equal(identity, source.identity, `${content} ${again}`);
        identities.add(identity);
      }
    }
    assert.equal(identities.size, 3);
  });

  it('are found where a link leads now, and never outside', async () => {
    const files = new FoundFiles();
    const link = join(root, 'link.mkv');
    await writeFile(join(root, 'a.mkv'), 'a');
    await writeFile(join(root, 'b.mkv'), 'b');
    await writeFile(join(folder, 'outside.mkv'), 'a');
    await symlink('a.mkv', link);
    assert.equal((await files.find(link, root)).realPath, join(root, 'a.mkv'));
    for (const [target, check] of [
      ['b.mkv', undefined],
      ['../outside.mkv', 'forbidden'],
      ['nothing.mkv', 'not_found'],
      ['.', 'forbidden'],
      ['a.mkv', undefined],
    ] as const) {
      await rm(link);
      await symlink(target, link);
      if (check === undefined) assert.equal((await files.find(link, root)).realPath, join(root, target));
      else await assert.rejects(files.find(link, root), failure(check), target);
    }
  });

  it('are found at their new place when they were moved under the link that leads to them', async () => {
    let now = 0;
    const files = new FoundFiles(() => now);
    const link = join(root, 'moving.mkv');
    await writeFile(join(root, 'old.mkv'), 'same');
    await symlink('old.mkv', link);
    await files.find(link, root);
    await rename(join(root, 'old.mkv'), join(root, 'new.mkv'));
    await rm(link);
    await symlink('new.mkv', link);
    now = 20_000;
    assert.equal((await files.find(link, root)).realPath, join(root, 'new.mkv'));
  });
});
