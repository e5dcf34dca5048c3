import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseFilePicture, chooseFolderPicture, isFolderPicture } from './picture-names.js';

describe('pictures by their names', () => {
  const ofFiles: readonly (readonly [names: readonly string[], chosen: string | undefined])[] = [
    [['film.jpg', 'film.mkv', 'poster.jpg'], 'film.jpg'],
    [['film.jpg', 'film-poster.png', 'film-thumb.jpg'], 'film-poster.png'],
    [['Film-Thumb.JPEG', 'film 2.jpg', 'film-2.jpg'], 'Film-Thumb.JPEG'],
    [['film.png', 'film.jpg', 'FILM.jpg'], 'FILM.jpg'],
    [['film.svg', 'film.jpg.exe', 'film'], undefined],
    [[], undefined],
  ];
  for (const [names, chosen] of ofFiles) {
    it(`choose ${chosen ?? 'none'} for film.mkv out of ${names.join(', ') || 'nothing'}`, () => {
      assert.equal(chooseFilePicture('film.mkv', names), chosen);
      assert.equal(chooseFilePicture('Film.MP4', [...names].reverse()), chosen);
    });
  }

  it('compare names as people read them, however they are stored', () => {
    assert.equal(chooseFilePicture('E\u0301lan.mkv', ['\u00e9lan.jpg']), '\u00e9lan.jpg');
    assert.equal(chooseFilePicture('a.b.mkv', ['a.jpg', 'a.b.jpg']), 'a.b.jpg');
  });

  it('choose the picture of a folder', () => {
    assert.equal(
      chooseFolderPicture(['cover.jpg', 'Folder.jpg', 'poster.jpg', 'posters.jpg', 'film.mkv']),
      'poster.jpg',
    );
    assert.equal(chooseFolderPicture(['cover.png', 'Folder.jpg']), 'Folder.jpg');
    assert.equal(chooseFolderPicture(['film.jpg', 'cover.mkv']), undefined);
    assert.ok(isFolderPicture('COVER.JPG') && !isFolderPicture('film.jpg') && !isFolderPicture('cover.mkv'));
  });
});
