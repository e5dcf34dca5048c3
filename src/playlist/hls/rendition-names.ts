import { playlistText } from './attribute-list.js';
import { canonicalLanguage } from './language-tag.js';

/** What a rendition is named by. */
export interface Nameable {
  /** The track's title. */
  readonly title: string | undefined;
  /** BCP-47 tag; `und` when not known. */
  readonly language: string;
  /** What tells it from others of its language, where it has no title; a few words. */
  readonly distinction?: string | undefined;
}

/** More than any menu shows; a file may say more than a playlist should carry. */
const longestName = 200;

/**
 * Names the renditions of a group: by the title, else the language in English, else the kind and the number, with what they
 * are distinguished by behind. A name that is taken gets a number.
 * @param renditions - all of the group.
 * @param kind - what one of them is called that has no name.
 * @returns names without control characters, all different.
 * @see RFC 8216, section 4.3.4.1.1
 */
export function nameRenditions(renditions: readonly Nameable[], kind: string): string[] {
  const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  return renditions.map(({ title, language, distinction }, index) => {
    const tag = canonicalLanguage(language);
    const untitled = (tag === undefined ? undefined : languages.of(tag)) ?? `${kind} ${index + 1}`;
    const name = titleText(title) ?? (distinction === undefined ? untitled : `${untitled} (${distinction})`);
    let count = counts.get(name) ?? 1;
    let unique = name;
    while (taken.has(unique)) unique = `${name} (${++count})`;
    counts.set(name, count);
    taken.add(unique);
    return unique;
  });
}

/** The title as a playlist has it: names are told apart in this form. */
function titleText(title: string | undefined): string | undefined {
  const text = playlistText((title ?? '').slice(0, 10 * longestName));
  // By code points: half a surrogate pair is no text.
  const short = Array.from(text.trim()).slice(0, longestName).join('').trim();
  return short === '' ? undefined : short;
}
