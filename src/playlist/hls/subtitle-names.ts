import { nameRenditions, type Nameable } from './rendition-names.js';

/** What a subtitle is named by. */
export interface NameableSubtitle extends Nameable {
  /** What everyone needs to follow, such as the words of a foreign language. */
  readonly isForced: boolean;
  /** It also tells what is to be heard. */
  readonly isHearingImpaired: boolean;
}

/**
 * Names subtitles as {@link nameRenditions} does; those without a title that are forced, or for the deaf (SDH), say so.
 * @param subtitles - all of a group.
 */
export function nameSubtitles(subtitles: readonly NameableSubtitle[]): string[] {
  const named = subtitles.map((subtitle) => {
    const { isForced, isHearingImpaired } = subtitle;
    const words = [...(isForced ? ['forced'] : []), ...(isHearingImpaired ? ['SDH'] : [])];
    return { ...subtitle, distinction: words.length === 0 ? undefined : words.join(', ') };
  });
  return nameRenditions(named, 'Subtitles');
}
