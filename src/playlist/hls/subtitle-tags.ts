import { quotedString, writeAttributeList } from './attribute-list.js';
import { canonicalLanguage } from './language-tag.js';
import { nameSubtitles, type NameableSubtitle } from './subtitle-names.js';

/** A subtitle rendition: a choice of the viewer, whatever is played beside it. */
export interface SubtitleRendition extends NameableSubtitle {
  /** URI of its media playlist. */
  readonly uri: string;
  /** The file wants it shown when the viewer has not said otherwise. */
  readonly isDefault: boolean;
}

/** The group of all subtitles. */
export const SUBTITLE_GROUP = 'subtitles';

/** Uniform type identifiers of subtitles for the deaf: RFC 8216, section 4.3.4.1; HLS Authoring Specification, 5. */
const TELLS_SOUND =
  'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound';

/**
 * Writes the EXT-X-MEDIA tags of subtitles. At most one is the default: the first forced one that the file wants shown.
 * Other subtitles a player shows when its viewer wants any; and one of each language and kind it may choose by itself.
 * @see RFC 8216, section 4.3.4.1
 */
export function subtitleTags(renditions: readonly SubtitleRendition[]): string[] {
  const names = nameSubtitles(renditions);
  const first = renditions.find(({ isDefault, isForced }) => isDefault && isForced);
  const choices = new Map<string, SubtitleRendition>();
  const byChoice = [...renditions].sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  for (const rendition of byChoice) {
    const { language, isForced, isHearingImpaired } = rendition;
    const kind = `${canonicalLanguage(language) ?? ''} ${isForced} ${isHearingImpaired}`;
    if (!choices.has(kind)) choices.set(kind, rendition);
  }
  const automatic = new Set(choices.values());
  return renditions.map((rendition, index) => {
    const language = canonicalLanguage(rendition.language);
    return `#EXT-X-MEDIA:${writeAttributeList({
      TYPE: 'SUBTITLES',
      'GROUP-ID': quotedString(SUBTITLE_GROUP),
      NAME: quotedString(names[index]!),
      LANGUAGE: language === undefined ? undefined : quotedString(language),
      DEFAULT: rendition === first ? 'YES' : 'NO',
      AUTOSELECT: automatic.has(rendition) || rendition === first ? 'YES' : 'NO',
      FORCED: rendition.isForced ? 'YES' : 'NO',
      CHARACTERISTICS: rendition.isHearingImpaired ? quotedString(TELLS_SOUND) : undefined,
      URI: quotedString(rendition.uri),
    })}`;
  });
}
