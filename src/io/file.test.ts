import assert from 'node:assert/strict';
import promises, { mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OverloadedError, RequestError, SourceError } from '../errors.js';
import { openFile } from './file.js';

describe('openFile', () => {
  let folder: string;
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'segmint-file-')));
  });
  after(async () => rm(folder, { recursive: true }));

  it('is the same source under every name of the file, and another one when the file changes', async () => {
    const path = join(folder, 'same.bin');
    await writeFile(path, 'abc');
    await symlink(path, join(folder, 'link.bin'));
    await using direct = await openFile(path);
    await using linked = await openFile(join(folder, 'link.bin'), { name: 'shown' });
    assert.equal(linked.identity, direct.identity);
    assert.equal(linked.name, 'shown');
    assert.match(direct.identity!, new RegExp(`^file:${path}:3:\\d+$`));
    await writeFile(path, 'abcd');
    await using changed = await openFile(path);
    assert.notEqual(changed.identity, direct.identity);
  });

  it('says what is wrong with a path that cannot be read', async () => {
    await assert.rejects(
      openFile(join(folder, 'absent.mkv')),
      (error) =>
        error instanceof RequestError &&
        error.reason === 'not_found' &&
        error.message === 'There is no file absent.mkv.',
    );
    await assert.rejects(openFile(folder), /is not a regular file/);
    await assert.rejects(openFile(`${folder}/a\0b`));
  });

  it('says that it has too much to do when no more files can be opened', async (t) => {
    const path = join(folder, 'one-too-many.bin');
    await writeFile(path, new Uint8Array(10));
    const refused = Object.assign(new TypeError('EMFILE'), { code: 'EMFILE', syscall: 'open' });
    const opening = t.mock.method(promises, 'open', () => Promise.reject(refused));
    syncBuiltinESMExports();
    try {
      await assert.rejects(openFile(path), OverloadedError);
    } finally {
      opening.mock.restore();
      syncBuiltinESMExports();
    }
    await using source = await openFile(path);
    assert.equal(source.size, 10);
  });

  it('does not end as if it were complete when the file becomes shorter', async () => {
    const path = join(folder, 'shrinking.bin');
    await writeFile(path, new Uint8Array(8_000_000));
    await using source = await openFile(path);
    await assert.rejects(async () => {
      for await (const chunk of source.stream(0)) {
        assert.ok(chunk.length > 0);
        await truncate(path, 1_000_000);
      }
    }, SourceError);
    await assert.rejects(source.read(7_000_000, 10), SourceError);
  });

  it('reads nothing behind the announced end until it is asked to', async () => {
    const path = join(folder, 'long.bin');
    await writeFile(path, new Uint8Array(3_000_000));
    await using source = await openFile(path);
    const taken: number[] = [];
    const memory = {
      take: (length: number) => {
        taken.push(length);
        return new Uint8Array(length);
      },
      lend: () => undefined,
    };
    const total = (): number => taken.reduce((sum, length) => sum + length, 0);
    let received = 0;
    for await (const chunk of source.stream(1000, { end: 1_000_000, memory })) {
      received += chunk.length;
      if (received === 999_000) assert.equal(total(), 999_000);
      if (received > 999_000) break;
    }
    assert.ok(total() < 1_500_000);
  });

  it('streams an empty file as nothing', async () => {
    const path = join(folder, 'empty.bin');
    await writeFile(path, '');
    await using source = await openFile(path);
    for await (const chunk of source.stream(0)) assert.fail(`${chunk.length} bytes`);
    assert.equal((await source.read(0, 10)).length, 0);
  });
});
