import type { SubtitleTrack, Track } from '../../media/track.js';
import { subtitleFormOf, type OriginalType, type SubtitleKind } from './subtitle-kind.js';
import { subtitleIdOf } from './subtitle-id.js';

/** A subtitle that can be had, and how. */
export interface SubtitleDescription {
  /** Names it in addresses. */
  readonly id: string;
  /** Which looks it has. */
  readonly kind: SubtitleKind;
  /** The codec, as libavcodec calls it. */
  readonly codec: string;
  /** BCP-47 tag; `und` when not known. */
  readonly language: string;
  /** Its title. */
  readonly name: string | undefined;
  /** To be chosen when the viewer has not said otherwise. */
  readonly isDefault: boolean;
  /** To be shown even when the viewer wants no subtitles. */
  readonly isForced: boolean;
  /** It also tells what is to be heard. */
  readonly isHearingImpaired: boolean;
  /** Where it stands: a track of the source, or a file beside it. */
  readonly source: 'track' | 'file';
  /** The form of its original, where that says more than its text. */
  readonly originalType: OriginalType | undefined;
}

/** Those of some tracks that are subtitles and can be had, in stored order. */
export function describeSubtitles(tracks: readonly Track[]): SubtitleDescription[] {
  return tracks
    .filter((track): track is SubtitleTrack => track.type === 'subtitle')
    .flatMap((track) => {
      const form = subtitleFormOf(track);
      if (form === undefined) return [];
      const { id, codec, language, name, isDefault, isForced, roles = [] } = track;
      return [
        {
          id: subtitleIdOf(id),
          ...form,
          codec,
          language,
          name,
          isDefault,
          isForced,
          isHearingImpaired: roles.includes('hearing-impaired'),
          source: 'track' as const,
        },
      ];
    });
}
