import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { MediaSubject } from '../delivery/media-shelf.js';
import { SourceError } from '../errors.js';
import { parseSideCarName } from '../pipelines/subtitles/side-car-name.js';
import { subjectOfFile } from './library-subject.js';
import { SideCars } from './side-cars.js';

const ALL = { startMs: 0, endMs: Infinity };
const subrip = (text: string): string => `1\n00:00:01,000 --> 00:00:04,000\n${text}\n`;

/** A sentence in Windows-1251, as bytes: its letters stand from 0xC0 on. */
function windows1251(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => {
    const code = letter.charCodeAt(0);
    return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code;
  });
}

describe('subtitle files beside a film', () => {
  const names: readonly (readonly [name: string, what: string | undefined])[] = [
    ['My.Film.srt', 'srt und'],
    ['My.Film.en.srt', 'srt en'],
    ['my.film.PT-br.forced.ASS', 'ass pt-BR forced'],
    ['My.Film.German.SDH.vtt', 'vtt de deaf'],
    ['My.Film.hi.srt', 'srt hi'],
    ['My.Film.en.hi.srt', 'srt en deaf'],
    ['My.Film.ger.default.Directors cut.ssa', 'ass de default "Directors cut"'],
    ['My.Film.xyz.srt', 'srt und "xyz"'],
    ['My.Film 2.srt', undefined],
    ['My.Film.en.txt', undefined],
    ['Other.srt', undefined],
  ];
  for (const [name, what] of names) {
    it(`are told by their names: ${name}`, () => {
      const found = parseSideCarName('My.Film.mkv', name);
      const words = found && [
        found.format,
        found.language,
        ...(found.isForced ? ['forced'] : []),
        ...(found.isHearingImpaired ? ['deaf'] : []),
        ...(found.isDefault ? ['default'] : []),
        ...(found.title === undefined ? [] : [JSON.stringify(found.title)]),
      ];
      assert.equal(words?.join(' '), what);
    });
  }

  describe('on a disk', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'segmint-side-cars-'));
      await mkdir(join(folder, 'films'));
      await mkdir(join(folder, 'elsewhere'));
      const put = (name: string, content: string | Uint8Array): Promise<void> =>
        writeFile(join(folder, 'films', name), content);
      await put('film.mkv', '');
      await put('film.en.srt', `\ufeff${subrip('“Quoted”')}`);
      await put('film.ru.srt', windows1251(subrip('Это проверка кодировки, и довольно длинная строка')));
      await put(
        'film.utf16.srt',
        new Uint8Array(
          new Uint16Array([0xfeff, ...Array.from(subrip('Sechzehn'), (c) => c.charCodeAt(0))]).buffer,
        ),
      );
      await put('film.big.srt', new Uint8Array((16 << 20) + 1));
      await writeFile(join(folder, 'elsewhere', 'secret'), subrip('secret'));
      await symlink(join(folder, 'elsewhere', 'secret'), join(folder, 'films', 'film.out.srt'));
    });
    after(() => rm(folder, { recursive: true }));

    it('are decoded as they are written; large ones and links out of the library are not', async () => {
      const sideCars = new SideCars();
      const root = join(folder, 'films');
      const subject = subjectOfFile(join(root, 'film.mkv'), 'film.mkv', root);
      const listed = await sideCars.list(subject);
      const texts = new Map<string, string>();
      for (const { file, description } of listed) {
        const opening = sideCars.open(subject, description.id);
        if (file.name === 'film.big.srt') await assert.rejects(opening, { code: 'limit_exceeded' });
        else texts.set(file.name, (await opening).sideCar.webvtt(ALL).split('\n')[3]!);
      }
      assert.deepEqual(
        [...texts],
        [
          ['film.en.srt', '“Quoted”'],
          ['film.ru.srt', 'Это проверка кодировки, и довольно длинная строка'],
          ['film.utf16.srt', 'Sechzehn'],
        ],
      );
      await assert.rejects(sideCars.open(subject, 'f0123456789'), { reason: 'not_found' });
    });
  });

  it('are read once, and again when larger ones have taken their place', async () => {
    const mebibytes = { small: 1, large: 16, other: 16 };
    const read: string[] = [];
    const beside = Object.entries(mebibytes).map(([name, size]) => ({
      name: `film.en.${name}.srt`,
      identity: name,
      read: () => {
        read.push(name);
        return Promise.resolve(new Uint8Array(size << 20));
      },
      open: () => Promise.reject(new SourceError('It is read whole.')),
    }));
    const subject: MediaSubject = {
      name: 'film.mkv',
      open: () => Promise.reject(new SourceError('The film is not read.')),
      listBeside: () => Promise.resolve(beside),
    };
    const sideCars = new SideCars();
    const listed = await sideCars.list(subject);
    for (const name of ['small', 'large', 'small', 'other', 'small', 'large']) {
      const { description } = listed.find(({ file }) => file.identity === name)!;
      await sideCars.open(subject, description.id);
    }
    assert.deepEqual(read, ['small', 'large', 'other', 'large']);
  });
});
