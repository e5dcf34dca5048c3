// What a card says of an item, in few words.
import type { ItemDetails, LibraryItem } from '../shared/api.js';
import { bytes, clock, language } from '../shared/words.js';

/** More languages are counted. */
const MOST_NAMED = 2;

/** What a card says below the title. */
export function factsOf(item: LibraryItem, details: ItemDetails | undefined): string {
  if (details?.problem !== undefined) return item.size === undefined ? '' : bytes(item.size);
  if (details === undefined) return '';
  const { video, audio = [], subtitles = [] } = details;
  return [
    video ? `${resolutionOf(video)}${video.isHdr ? ' HDR' : ''}` : 'Audio',
    languagesOf(audio),
    subtitles.length > 0 ? `CC ${languagesOf(subtitles) || subtitles.length}` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** All that is known, for a tip and for those who listen. */
export function allFactsOf(item: LibraryItem, details: ItemDetails | undefined): string {
  const { video, audio = [], subtitles = [], durationMs, problem } = details ?? {};
  const named = (tags: readonly string[]): string =>
    tags
      .map(language)
      .filter((name) => name !== '')
      .join(', ');
  return [
    problem,
    durationMs === undefined ? undefined : clock(durationMs / 1000),
    video && `${video.width} × ${video.height}`,
    named(audio) && `Audio: ${named(audio)}`,
    named(subtitles) && `Subtitles: ${named(subtitles)}`,
    item.size === undefined ? undefined : bytes(item.size),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The name by which people know a size of pictures; wide ones have fewer lines than their name says. */
function resolutionOf({ width, height }: { readonly width: number; readonly height: number }): string {
  const [long, short] = width >= height ? [width, height] : [height, width];
  if (long >= 7000) return '8K';
  if (long >= 3200) return '4K';
  if (long >= 2400 || short >= 1400) return '1440p';
  if (long >= 1800 || short >= 1000) return '1080p';
  if (long >= 1200 || short >= 700) return '720p';
  if (short >= 560) return '576p';
  if (short >= 470) return '480p';
  return `${short}p`;
}

function languagesOf(tags: readonly string[]): string {
  const known = tags.filter((tag) => tag !== 'und').map((tag) => tag.split('-')[0]!.toUpperCase());
  const named = known.slice(0, MOST_NAMED).join(' ');
  return known.length > MOST_NAMED ? `${named} +${known.length - MOST_NAMED}` : named;
}
