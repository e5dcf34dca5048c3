import type { MediaDescription, TrackDescription } from '../pipelines/describe.js';
import { stillLinksOf } from './still-links.js';

/** What is shown of an item in a list. */
export interface ItemDetails {
  /** Milliseconds, where a believable duration is stated. */
  readonly durationMs?: number;
  /** Of the first video track; absent when there is none. */
  readonly video?: {
    readonly width: number;
    readonly height: number;
    readonly codec: string;
    /** Light beyond that of ordinary screens. */
    readonly isHdr: boolean;
  };
  /** BCP-47 tags of the audio tracks, each once; `und` where the file does not say. */
  readonly audio: readonly string[];
  /** The same of the subtitles. */
  readonly subtitles: readonly string[];
  /** Whether there is a `poster.jpg`, as far as the head of the file tells. */
  readonly hasPoster: boolean;
}

/** The part of a description that is looked at. Every part may be missing: it may come from another program's media service. */
type Described = Partial<Pick<MediaDescription, 'durationMs'>> & {
  readonly tracks?: readonly Partial<TrackDescription>[];
};

/**
 * Picks out of a description what is shown in a list.
 * @param description - of an item.
 */
export function detailsOf(description: object): ItemDetails {
  const { durationMs, tracks = [] } = description as Described;
  const video = tracks.find(({ type }) => type === 'video')?.video;
  const codec = tracks.find(({ type }) => type === 'video')?.codec ?? 'unknown';
  return {
    ...(durationMs !== undefined && { durationMs: Math.round(durationMs) }),
    ...(video && {
      video: { width: video.width, height: video.height, codec, isHdr: video.range !== 'SDR' },
    }),
    audio: languagesOf(tracks, 'audio'),
    subtitles: languagesOf(tracks, 'subtitle'),
    hasPoster: stillLinksOf(description).poster !== undefined,
  };
}

/** A file may have hundreds of tracks; a list shows a few. */
const MAX_LANGUAGES = 16;

function languagesOf(tracks: Described['tracks'] & object, type: TrackDescription['type']): string[] {
  const languages = tracks.filter((track) => track.type === type).map(({ language = 'und' }) => language);
  return [...new Set(languages)].slice(0, MAX_LANGUAGES);
}
