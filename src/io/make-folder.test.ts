import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeFolder } from './make-folder.js';

describe('making a folder', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-folder-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('makes what is missing above it too, and is content with what is there', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all([makeFolder(path, { mode: 0o700 }), makeFolder(path, { mode: 0o700 })]);
    await makeFolder(path);
    const facts = await stat(path);
    assert.ok(facts.isDirectory());
    if (process.platform !== 'win32') assert.equal(facts.mode & 0o777, 0o700);
  });

  it('fails where a file is in the way', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(makeFolder(join(folder, 'file')), { code: 'EEXIST' });
    await assert.rejects(makeFolder(join(folder, 'file', 'x')), { code: 'ENOTDIR' });
  });

  it('fails where the system has no place for it, where it says that nothing is above', async () => {
    const missing = Object.assign(new RangeError('nothing there'), { code: 'ENOENT' });
    const taken = Object.assign(new RangeError('there already'), { code: 'EEXIST' });
    const fileSystem = {
      mkdir: (path: string) => Promise.reject(path === '/proc' ? taken : missing),
      stat: () => Promise.resolve({ isDirectory: () => true }),
    } as never;
    await assert.rejects(makeFolder('/proc/x/y', { fileSystem }), { code: 'ENOENT' });
  });
});
