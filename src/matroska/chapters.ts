import { checkLimit } from '../bytes/limits.js';
import type { Chapter } from '../media/media-info.js';
import { ElementCursor } from './element-cursor.js';
import { languageTag } from './language.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

/**
 * Parses a Chapters element.
 * @returns the chapters of the default edition (the first one, when none is marked), nested ones included, hidden and
 * disabled ones left out, in order of start.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken or has too many chapters.
 * @see RFC 9559, section 5.1.7
 */
export function parseChapters(data: Uint8Array, offset: number): Chapter[] {
  let chosen: Chapter[] | undefined;
  let chosenIsDefault = false;
  const chapters = new ElementCursor(data, offset, 'Segment/Chapters');
  while (chapters.next()) {
    if (chapters.id !== ID.EditionEntry) continue;
    const edition = chapters.master();
    const found: Chapter[] = [];
    let isDefault = false;
    while (edition.next()) {
      if (edition.id === ID.EditionFlagDefault) isDefault = edition.uint() === 1;
      else if (edition.id === ID.ChapterAtom) parseAtom(edition.master(), found);
    }
    if (chosen === undefined || (isDefault && !chosenIsDefault)) {
      chosen = found;
      chosenIsDefault = isDefault;
    }
  }
  return (chosen ?? []).sort((a, b) => a.startNs - b.startNs);
}

function parseAtom(atom: ElementCursor, found: Chapter[]): void {
  const titles: Chapter['titles'][number][] = [];
  const nested: Chapter[] = [];
  let startNs: number | undefined;
  let endNs: number | undefined;
  let isHidden = false;
  while (atom.next()) {
    switch (atom.id) {
      case ID.ChapterTimeStart:
        startNs = atom.uint();
        break;
      case ID.ChapterTimeEnd:
        endNs = atom.uint();
        break;
      case ID.ChapterFlagHidden:
        isHidden ||= atom.uint() === 1;
        break;
      case ID.ChapterFlagEnabled:
        isHidden ||= atom.uint(1) === 0;
        break;
      case ID.ChapterDisplay:
        checkLimit('number of titles of a chapter', titles.length + 1, LIMITS.chapters);
        titles.push(parseDisplay(atom.master()));
        break;
      case ID.ChapterAtom:
        parseAtom(atom.master(), nested);
        break;
    }
  }
  if (startNs !== undefined && !isHidden) found.push({ startNs, endNs, titles });
  for (const chapter of nested) found.push(chapter);
  checkLimit('number of chapters', found.length, LIMITS.chapters);
}

function parseDisplay(display: ElementCursor): { language: string; title: string } {
  let title = '';
  let legacy: string | undefined;
  let bcp47: string | undefined;
  while (display.next()) {
    if (display.id === ID.ChapString) title = display.text();
    else if (display.id === ID.ChapLanguage) legacy ??= display.text();
    else if (display.id === ID.ChapLanguageBCP47) bcp47 ??= display.text();
  }
  return { language: languageTag(bcp47, legacy), title };
}
