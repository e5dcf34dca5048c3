import { escapeCueText, MAX_CUE_CHARACTERS } from '../cue-text.js';

const TOKEN = /<(\/?)([a-z]{1,4})((?:[.\s][^<>]{0,500})?)>|<[\d:.]{1,20}>/g;
const TAGS: ReadonlySet<string> = new Set(['c', 'i', 'b', 'u', 'ruby', 'rt', 'v', 'lang']);
const ENTITY = /&(?:amp|lt|gt|lrm|rlm|nbsp|#\d{1,7}|#x[0-9a-fA-F]{1,6});/g;

/**
 * Makes WebVTT cue text of a file one that is certainly such: the tags that there are stay, opened and closed in order;
 * whatever else looks like one is text. Times within the text, which light up words one after another, are left out.
 * @returns empty when there is nothing to be seen.
 * @see WebVTT, section 4.2.2 and 6.4
 */
export function parseWebvttCueText(text: string): string {
  const source = text.slice(0, MAX_CUE_CHARACTERS).replace(/\r\n?/g, '\n');
  const open: string[] = [];
  let out = '';
  let at = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [whole, slash, name, rest = ''] = match;
    if (name !== undefined && !TAGS.has(name)) continue;
    out += plainText(source.slice(at, match.index));
    at = match.index + whole.length;
    if (name === undefined) continue;
    if (slash === '/') out += closeUpTo(open, name);
    else if (open.length < 16) {
      out += `<${name}${escapeAnnotation(rest)}>`;
      open.push(name);
    }
  }
  out += plainText(source.slice(at));
  if (out.replace(/<[^>]*>/g, '').trim() === '') return '';
  const ends = open.reverse().map((name) => `</${name}>`);
  // Also what was left out may have stood alone in a line.
  return (out + ends.join('')).replace(/\n[ \t]*(?=\n)/g, '').trim();
}

/** Ends a tag and those that were opened within it; one that is not open is left out. */
function closeUpTo(open: string[], name: string): string {
  const from = open.lastIndexOf(name);
  if (from < 0) return '';
  return open
    .splice(from)
    .reverse()
    .map((one) => `</${one}>`)
    .join('');
}

function escapeAnnotation(rest: string): string {
  // Before the bracket that follows, hyphens would be the arrow that ends a cue.
  return plainText(rest.replace(/\s+/g, ' ').replace(/-+$/, ''));
}

/** Text in which the entities of WebVTT stay. */
function plainText(text: string): string {
  let out = '';
  let at = 0;
  for (const { 0: entity, index } of text.matchAll(ENTITY)) {
    out += escapeCueText(text.slice(at, index)) + entity;
    at = index + entity.length;
  }
  return out + escapeCueText(text.slice(at));
}
