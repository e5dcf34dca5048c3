import type { CueContent } from '../../../media/text-cue.js';
import { settingsOfAlignment } from '../alignment.js';
import { CueTextWriter } from '../cue-text.js';

/** A tag of HTML as SubRip knows it, or a command of ASS between braces. Both are bounded: what is longer is text. */
const MARKUP = /<(\/?)(b|i|u|s|em|strong|strike|font)((?:[\s=][^<>]{0,500})?)\/?>|\{\\([^{}]{0,500})\}/gi;
const ALIGNMENT = /\\an([1-9])/;

/**
 * Parses the text of a SubRip cue: bold, italic and underlined text stay, other tags that players of SubRip know are taken
 * out, `{\an8}` and the like place it, and all else is text.
 * @param text - without number and times; NULs at its end are taken off.
 * @returns undefined when there is nothing to be seen.
 */
export function parseSubripText(text: string): CueContent | undefined {
  const writer = new CueTextWriter();
  const depth = { b: 0, i: 0, u: 0 };
  let settings = '';
  let at = 0;
  const source = text.replace(/\0[^]*$/, '').trim();
  for (const match of source.matchAll(MARKUP)) {
    writer.write(source.slice(at, match.index));
    at = match.index + match[0].length;
    const [, slash, name, , command] = match;
    if (command !== undefined) {
      const key = ALIGNMENT.exec(`\\${command}`)?.[1];
      if (key !== undefined && settings === '') settings = settingsOfAlignment(Number(key));
    }
    const kind = kindOf(name);
    if (kind !== undefined) depth[kind] = Math.max(0, depth[kind] + (slash === '/' ? -1 : 1));
    writer.style = { isBold: depth.b > 0, isItalic: depth.i > 0, isUnderlined: depth.u > 0 };
  }
  writer.write(source.slice(at));
  const written = writer.finish();
  return written === '' ? undefined : { text: written, settings };
}

function kindOf(name: string | undefined): 'b' | 'i' | 'u' | undefined {
  switch (name?.toLowerCase()) {
    case 'b':
    case 'strong':
      return 'b';
    case 'i':
    case 'em':
      return 'i';
    case 'u':
      return 'u';
    default:
      return undefined;
  }
}
