import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RequestError } from '../errors.js';
import { Library } from './library.js';

const refTo = (text: string): string => Buffer.from(text).toString('base64url');

describe('Library', () => {
  let outside: string;
  let root: string;

  before(async () => {
    outside = await realpath(await mkdtemp(join(tmpdir(), 'segmint-library-')));
    root = join(outside, 'films');
    await mkdir(join(root, 'Season 1'), { recursive: true });
    await mkdir(join(root, '.trash'));
    await mkdir(join(outside, 'films-private'));
    const files = [
      'films/Season 1/Episode 10.mkv',
      'films/Season 1/Episode 2.mkv',
      'films/.trash/old.mkv',
      'films/.hidden.mkv',
      'films/notes.txt',
      'films/UPPER.WEBM',
      'films-private/secret.mkv',
      'secret.mkv',
      'single.odd',
      'Season 1-private.jpg',
      'films/Season 1/folder.jpg',
      'films/Season 1/Episode 2-thumb.jpg',
      'films/.trash/folder.jpg',
    ];
    for (const file of files) await writeFile(join(outside, file), file);
    await symlink(join(outside, 'secret.mkv'), join(root, 'escape.mkv'));
    await symlink(join(outside, 'films-private'), join(root, 'escape'));
    await symlink(join(outside, 'Season 1-private.jpg'), join(root, 'cover.jpg'));
    await symlink(root, join(root, 'round'));
    await symlink(join(root, 'Season 1'), join(root, 'again'));
    await symlink(join(root, 'Season 1/Episode 2.mkv'), join(root, 'z-link.mkv'));
    await symlink(join(root, 'absent.mkv'), join(root, 'dangling.mkv'));
  });
  after(async () => rm(outside, { recursive: true }));

  it('lists the media files below its roots, in a person’s order, each folder once', async () => {
    const library = await Library.open([root, join(outside, 'single.odd')]);
    const { items, isTruncated } = await library.list();
    assert.deepEqual(
      items.map(({ root: name, path }) => `${name}:${path}`),
      [
        'films:again/Episode 2.mkv',
        'films:again/Episode 10.mkv',
        'films:UPPER.WEBM',
        'films:z-link.mkv',
        'single.odd:single.odd',
      ],
    );
    assert.equal(isTruncated, false);
    for (const item of items) assert.ok((await library.resolve(item.ref)).subject.name.startsWith(outside));
  });

  it('finds a file by its path, in the first root that has it', async () => {
    const library = await Library.open([join(root, 'again'), root]);
    const file = await library.find('Season 1/Episode 2.mkv');
    assert.equal(file.subject.name, join(root, 'Season 1/Episode 2.mkv'));
    assert.equal(file.ref, refTo('1/Season 1/Episode 2.mkv'));
    assert.equal((await library.find('Episode 2.mkv')).ref, refTo('0/Episode 2.mkv'));
  });

  const refusals: [string, RequestError['reason']][] = [
    ['../secret.mkv', 'forbidden'],
    ['Season 1/../../secret.mkv', 'forbidden'],
    ['/etc/passwd', 'forbidden'],
    ['escape.mkv', 'forbidden'],
    ['escape/secret.mkv', 'forbidden'],
    ['../films-private/secret.mkv', 'forbidden'],
    ['absent.mkv', 'not_found'],
    ['dangling.mkv', 'not_found'],
    ['.hidden.mkv', 'not_found'],
    ['.trash/old.mkv', 'not_found'],
    ['notes.txt', 'not_found'],
    ['Season 1', 'not_found'],
    ['UPPER.WEBM/x.mkv', 'not_found'],
    ['a\0.mkv', 'not_found'],
    ['', 'not_found'],
    [`${'a'.repeat(5000)}.mkv`, 'not_found'],
  ];
  for (const [path, reason] of refusals) {
    it(`answers ${JSON.stringify(path.slice(0, 40))} with ${reason}, without a path`, async () => {
      const library = await Library.open([root]);
      const attempts = [() => library.find(path), () => library.resolve(refTo(`0/${path}`))];
      for (const attempt of attempts) {
        await assert.rejects(attempt, (error) => {
          assert.ok(error instanceof RequestError);
          assert.equal(error.reason, reason);
          assert.ok(!error.message.includes(outside));
          return true;
        });
      }
    });
  }

  it('serves nothing beside a root that is a file', async () => {
    const library = await Library.open([join(root, 'Season 1/Episode 2.mkv')]);
    assert.equal((await library.find('Episode 2.mkv')).subject.name, join(root, 'Season 1/Episode 2.mkv'));
    await assert.rejects(library.find('Episode 10.mkv'), RequestError);
    await assert.rejects(library.resolve(refTo('1/Episode 10.mkv')), RequestError);
  });

  it('finds the pictures that lie beside a file and in folders, and none that lies elsewhere', async () => {
    const library = await Library.open([root]);
    const { folders } = await library.list();
    // What is in a folder that is there twice is listed where it was found first; where a link leads is seen when it is followed.
    assert.deepEqual(
      folders.map(({ path, picture }) => [path, Buffer.from(picture, 'base64url').toString()]),
      [
        ['', '0/cover.jpg'],
        ['again', '0/again/folder.jpg'],
      ],
    );
    const season = join(root, 'Season 1');
    const folder = await library.resolveFolderPicture(refTo('0/Season 1/folder.jpg'));
    assert.equal(folder.name, join(season, 'folder.jpg'));
    const beside = await (await library.find('Season 1/Episode 2.mkv')).findPictures!();
    assert.deepEqual(
      [beside.own?.name, beside.folder?.name],
      [join(season, 'Episode 2-thumb.jpg'), join(season, 'folder.jpg')],
    );
    const film = await (await library.find('UPPER.WEBM')).findPictures!();
    assert.deepEqual(film, { own: undefined, folder: undefined });
    for (const path of [
      ...['cover.jpg', '.trash/folder.jpg', 'Season 1/Episode 2-thumb.jpg', 'Season 1/Episode 2.mkv'],
      ...['../folder.jpg', 'absent/folder.jpg', 'folder.jpg'],
    ])
      await assert.rejects(library.resolveFolderPicture(refTo(`0/${path}`)), RequestError, path);
    await assert.rejects(library.resolveFolderPicture(refTo('7/folder.jpg')), RequestError);
    await assert.rejects(library.resolveFolderPicture(refTo('http://a.example/folder.jpg')), RequestError);
  });

  it('refuses a root that does not exist', async () => {
    await assert.rejects(Library.open([join(outside, 'absent')]), /There is no file or folder/);
  });
});
