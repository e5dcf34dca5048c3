import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes, element, text, uint } from '../../test/support/ebml-writer.js';
import { LimitExceededError, MalformedMediaError } from '../errors.js';
import { parseChapters } from './chapters.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

function atom(start: number, title: string, ...extra: Uint8Array[]): Uint8Array {
  return element(
    ID.ChapterAtom,
    uint(ID.ChapterTimeStart, start),
    element(ID.ChapterDisplay, text(ID.ChapString, title), text(ID.ChapLanguage, 'ger')),
    ...extra,
  );
}

const titles = (data: Uint8Array): string[] =>
  parseChapters(data, 0).map((chapter) => chapter.titles[0]?.title ?? '');

describe('parseChapters', () => {
  it('reads times, titles and languages in order of start, nested ones too', () => {
    const edition = element(
      ID.EditionEntry,
      atom(2000, 'Two', uint(ID.ChapterTimeEnd, 3000)),
      atom(0, 'One', atom(500, 'One and a half')),
    );
    assert.deepEqual(parseChapters(edition, 0), [
      { startNs: 0, endNs: undefined, titles: [{ language: 'de', title: 'One' }] },
      { startNs: 500, endNs: undefined, titles: [{ language: 'de', title: 'One and a half' }] },
      { startNs: 2000, endNs: 3000, titles: [{ language: 'de', title: 'Two' }] },
    ]);
  });

  it('takes the default edition, else the first', () => {
    const first = element(ID.EditionEntry, atom(0, 'first'));
    const second = element(ID.EditionEntry, atom(0, 'second'));
    const marked = element(ID.EditionEntry, uint(ID.EditionFlagDefault, 1), atom(0, 'marked'));
    assert.deepEqual(titles(bytes(first, second)), ['first']);
    assert.deepEqual(titles(bytes(first, marked, second)), ['marked']);
  });

  it('leaves out hidden and disabled ones', () => {
    const hidden = uint(ID.ChapterFlagHidden, 1);
    const disabled = uint(ID.ChapterFlagEnabled, 0);
    const edition = element(ID.EditionEntry, atom(0, 'h', hidden), atom(1, 'd', disabled), atom(2, 'shown'));
    assert.deepEqual(titles(edition), ['shown']);
  });

  it('refuses too many, too deep and broken ones', () => {
    const empty = element(ID.ChapterAtom, uint(ID.ChapterTimeStart, 0));
    const many = element(ID.EditionEntry, ...new Array<Uint8Array>(LIMITS.chapters + 1).fill(empty));
    assert.throws(() => parseChapters(many, 0), LimitExceededError);
    let deep = empty;
    for (let i = 0; i < LIMITS.nesting; i++) deep = element(ID.ChapterAtom, deep);
    assert.throws(() => parseChapters(element(ID.EditionEntry, deep), 0), LimitExceededError);
    assert.throws(
      () => parseChapters(element(ID.EditionEntry, [ID.ChapterAtom, 0x85]), 0),
      MalformedMediaError,
    );
  });
});
