// What a viewer can choose of an item, in words.
import type { ItemInfo, RenditionInfo, SubtitleInfo, TrackInfo } from '../shared/api.js';
import { readable } from '../shared/readable.js';
import { language } from '../shared/words.js';

/** Something to choose. */
export interface Choice {
  readonly id: string;
  readonly label: string;
  /** What else is known of it. */
  readonly detail: string;
}

/** Names of codecs as people know them. */
export const CODECS: Readonly<Record<string, string>> = {
  aac: 'AAC',
  ac3: 'Dolby Digital',
  ass: 'ASS',
  av1: 'AV1',
  dts: 'DTS',
  dvb_subtitle: 'DVB',
  dvd_subtitle: 'VobSub',
  eac3: 'Dolby Digital Plus',
  flac: 'FLAC',
  h264: 'H.264',
  hdmv_pgs_subtitle: 'PGS',
  hevc: 'HEVC',
  mov_text: 'MP4 text',
  mp3: 'MP3',
  mpeg1video: 'MPEG-1',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4 Part 2',
  opus: 'Opus',
  subrip: 'SubRip',
  truehd: 'Dolby TrueHD',
  vc1: 'VC-1',
  vorbis: 'Vorbis',
  vp8: 'VP8',
  vp9: 'VP9',
  webvtt: 'WebVTT',
};

const CHANNELS: Readonly<Record<number, string>> = { 1: 'mono', 2: 'stereo', 6: '5.1', 8: '7.1' };

/** What is done with a track. */
export const ACTIONS: Readonly<Record<TrackInfo['action'], string>> = {
  copy: 'copied',
  transcode: 'transcoded',
  drop: 'left out',
};

/** The name of a track's codec. */
export function codecName({ codec, codecTag }: TrackInfo): string {
  return codec === 'unknown' ? codecTag : (CODECS[codec] ?? codec);
}

/** The number of channels as people say it; empty when it is not known. */
export function channelName(track: TrackInfo): string {
  const channels = track.audio?.channels ?? 0;
  return channels > 0 ? (CHANNELS[channels] ?? `${channels} channels`) : '';
}

/** Width and height of a track; empty when they are not known. */
export function sizeOf({ video }: TrackInfo): string {
  return video !== undefined && video.width > 0 ? `${video.width}×${video.height}` : '';
}

/** The audio tracks that can be heard. */
export function audioChoices(info: ItemInfo, renditions: readonly RenditionInfo[]): readonly Choice[] {
  return audioTracks(info).map((track) => {
    const { action } = renditions.find(({ trackId }) => trackId === track.id)?.decision ?? track;
    return {
      id: String(track.id),
      label: joined(language(track.language), track.name) || `Track ${track.id}`,
      detail: joined(channelName(track), codecName(track), ACTIONS[action]),
    };
  });
}

/** The audio track to begin with: in the language that was chosen before, else the file's default. */
export function preferredAudio(info: ItemInfo, preferred: string | undefined): string | undefined {
  const tracks = audioTracks(info);
  const inLanguage = tracks.filter((track) => track.language === preferred);
  const candidates = inLanguage.length > 0 ? inLanguage : tracks;
  const track = candidates.find(({ isDefault }) => isDefault) ?? candidates[0];
  return track === undefined ? undefined : String(track.id);
}

/**
 * The forms of the video.
 * @param info - the item.
 * @param renditions - its forms, as the server lists them.
 * @param urls - addresses of those that the player has.
 */
export function qualityChoices(
  info: ItemInfo,
  renditions: readonly RenditionInfo[],
  urls: readonly string[],
): readonly (Choice & { readonly index: number })[] {
  return renditions
    .filter(({ type }) => type === 'video')
    .flatMap((rendition) => {
      const { id, height, trackId, decision } = rendition;
      const index = urls.findIndex((url) => url.includes(`/${id}/`));
      const track = info.tracks.find((each) => each.id === trackId);
      if (index < 0 || track === undefined) return [];
      const detail = joined(height === undefined ? sizeOf(track) : '', ACTIONS[decision.action]);
      return [{ id, index, label: height === undefined ? 'Original' : `${height}p`, detail }];
    });
}

/** Subtitles, each by its name. */
export function subtitleChoice(subtitles: SubtitleInfo): Choice {
  const { id, name, isForced, isHearingImpaired, kind } = subtitles;
  return {
    id: String(id),
    label: joined(language(subtitles.language), name) || `Subtitles ${id}`,
    detail: joined(
      isForced ? 'forced' : '',
      isHearingImpaired ? 'for the deaf and hard of hearing' : '',
      { text: '', styled: 'styled', bitmap: 'pictures' }[kind],
    ),
  };
}

/**
 * The subtitles to begin with: in the language that was chosen before; else those that translate what of the film is in
 * another language than its sound.
 */
export function preferredSubtitles(
  offered: readonly SubtitleInfo[],
  preferred: string | undefined,
  audioLanguage: string | undefined,
): SubtitleInfo | undefined {
  const inLanguage = offered.filter((each) => each.language === preferred);
  return (
    inLanguage.find(({ isForced }) => !isForced) ??
    inLanguage[0] ??
    offered.find((each) => each.isForced && each.language === audioLanguage)
  );
}

/** Id of the form in segments that an audio track has; undefined where it has none. */
export function audioRenditionOf(
  renditions: readonly RenditionInfo[],
  audio: string | undefined,
): string | undefined {
  return renditions.find(({ type, trackId }) => type === 'audio' && String(trackId) === audio)?.id;
}

function audioTracks({ tracks }: ItemInfo): readonly TrackInfo[] {
  return tracks.filter(({ type, action }) => type === 'audio' && action !== 'drop');
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.flatMap((part) => (part === undefined || part === '' ? [] : readable(part))).join(' · ');
}
