import type { SubtitleRendition } from '../../playlist/hls/subtitle-tags.js';
import type { SubtitleDescription } from '../subtitles/describe-subtitles.js';

/**
 * Puts together what the multivariant playlist states of subtitles.
 * @param subtitles - with text.
 * @param renditionOf - the name of the folder of each.
 */
export function modelSubtitles(
  subtitles: readonly SubtitleDescription[],
  renditionOf: (subtitle: SubtitleDescription) => string,
): SubtitleRendition[] {
  return subtitles.map((subtitle) => ({
    uri: `${renditionOf(subtitle)}/playlist.m3u8`,
    title: subtitle.name,
    language: subtitle.language,
    isDefault: subtitle.isDefault,
    isForced: subtitle.isForced,
    isHearingImpaired: subtitle.isHearingImpaired,
  }));
}
