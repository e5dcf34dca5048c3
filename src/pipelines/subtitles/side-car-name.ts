/** What a subtitle file is, by its name. */
export interface SideCarName {
  /** How its text is written; or that it is the index of a VobSub pair. */
  readonly format: 'srt' | 'vtt' | 'ass' | 'vobsub';
  /** BCP-47 tag; `und` when the name does not tell. */
  readonly language: string;
  /** What the name says beside that; undefined when nothing. */
  readonly title: string | undefined;
  /** The name says that it is to be shown in any case. */
  readonly isForced: boolean;
  /** The name says that it is for the deaf. */
  readonly isHearingImpaired: boolean;
  /** The name says that it is the one to begin with. */
  readonly isDefault: boolean;
}

/** A file of text. */
export type TextSideCarName = SideCarName & { readonly format: Exclude<SideCarName['format'], 'vobsub'> };

/** Whether a file is one of text. */
export function isText(name: SideCarName): name is TextSideCarName {
  return name.format !== 'vobsub';
}

const FORMATS: Readonly<Record<string, SideCarName['format']>> = {
  srt: 'srt',
  vtt: 'vtt',
  ass: 'ass',
  ssa: 'ass',
  idx: 'vobsub',
};
const FORCED: ReadonlySet<string> = new Set(['forced', 'foreign']);
const FOR_THE_DEAF: ReadonlySet<string> = new Set(['sdh', 'cc', 'hi', 'hearing-impaired']);

const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Languages by their names in English, for those that have a code of two letters. */
const BY_NAME: ReadonlyMap<string, string> = languagesByName();

/**
 * Judges by its name whether a file holds subtitles for another: it begins with the other's name without its ending, and
 * what follows are parts with dots between, such as `film.en.srt`, `film.pt-BR.forced.ass` or `film.German.SDH.srt`.
 * @param mediaName - name of the media file.
 * @param fileName - name of the file that lies beside it.
 * @returns undefined when it is none for it.
 */
export function parseSideCarName(mediaName: string, fileName: string): SideCarName | undefined {
  const base = mediaName.replace(/\.[^.]*$/, '').normalize();
  const name = fileName.normalize();
  if (base === '' || !name.toLowerCase().startsWith(`${base.toLowerCase()}.`)) return undefined;
  const parts = name.slice(base.length + 1).split('.');
  const format = FORMATS[parts.pop()!.toLowerCase()];
  if (format === undefined || parts.length > 6) return undefined;
  let language: string | undefined;
  const flags = new Set<string>();
  const rest: string[] = [];
  for (const part of parts) {
    const word = part.trim().toLowerCase();
    const tag = language === undefined ? languageOf(part.trim()) : undefined;
    if (tag !== undefined) language = tag;
    else if (FORCED.has(word)) flags.add('forced');
    else if (FOR_THE_DEAF.has(word)) flags.add('deaf');
    else if (word === 'default') flags.add('default');
    else if (word !== '') rest.push(part.trim());
  }
  return {
    format,
    language: language ?? 'und',
    title: rest.length === 0 ? undefined : rest.join(' ').slice(0, 200),
    isForced: flags.has('forced'),
    isHearingImpaired: flags.has('deaf'),
    isDefault: flags.has('default'),
  };
}

/** A tag of two or three letters, with a country or a script behind, or the name of a language. */
function languageOf(part: string): string | undefined {
  const named = BY_NAME.get(part.toLowerCase());
  if (named !== undefined) return named;
  if (!/^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,2}$/i.test(part)) return undefined;
  try {
    const [tag] = Intl.getCanonicalLocales(part.replaceAll('_', '-'));
    // What has no name is three letters that happen to stand there.
    return tag !== undefined && NAMES.of(new Intl.Locale(tag).language) !== undefined ? tag : undefined;
  } catch {
    return undefined;
  }
}

function languagesByName(): ReadonlyMap<string, string> {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const found = new Map<string, string>();
  for (const first of letters) {
    for (const second of letters) {
      const code = `${first}${second}`;
      const name = NAMES.of(code)?.toLowerCase();
      if (name !== undefined && !found.has(name)) found.set(name, Intl.getCanonicalLocales(code)[0]!);
    }
  }
  return found;
}
