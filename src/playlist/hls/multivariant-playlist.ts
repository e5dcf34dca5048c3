import { quotedString, writeAttributeList } from './attribute-list.js';
import { canonicalLanguage } from './language-tag.js';
import { nameRenditions, type Nameable } from './rendition-names.js';
import { SUBTITLE_GROUP, subtitleTags, type SubtitleRendition } from './subtitle-tags.js';

/** What can be played of a source, and in which forms. */
export interface MultivariantPlaylist {
  /** Video, or for a source of audio alone the audio rendition to begin with; the first is where a player begins. */
  readonly variants: readonly Variant[];
  /** Audio renditions of all groups, in the order in which a menu shows them. */
  readonly audio: readonly AudioRendition[];
  /** Subtitles, each of which goes with every variant; in the order in which a menu shows them. */
  readonly subtitles?: readonly SubtitleRendition[] | undefined;
}

/** One form in which the presentation can be played: a rendition, and those of the group that goes with it. */
export interface Variant {
  /** URI of its media playlist. */
  readonly uri: string;
  /** Bits a second of the most expensive segment, with the most expensive rendition of each group. */
  readonly bandwidth: number;
  /** Bits a second of the whole, with the most expensive rendition of each group. */
  readonly averageBandwidth: number | undefined;
  /** RFC 6381 codec strings of all that may have to be decoded, those of the groups as well. */
  readonly codecs: readonly string[];
  /** Of a variant that has video. */
  readonly video: VideoAttributes | undefined;
  /** The group of audio renditions that can be played with it. */
  readonly audioGroup: string | undefined;
}

/** What a playlist states of video. */
export interface VideoAttributes {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Frames a second, where it is known. */
  readonly frameRate: number | undefined;
  /** By the transfer characteristics. */
  readonly range: 'SDR' | 'PQ' | 'HLG';
}

/** An audio rendition: a choice of the viewer. */
export interface AudioRendition extends Nameable {
  /** URI of its media playlist. Where it is that of every variant of the group, the variant itself is the rendition. */
  readonly uri: string;
  /** The group it belongs to. */
  readonly group: string;
  /** To be chosen when the viewer has not said otherwise. Of several in a group the first is, and without any the first of all. */
  readonly isDefault: boolean;
  /** Number of channels, where it is known. */
  readonly channels: number | undefined;
  /** It tells those who cannot see what is to be seen. */
  readonly describesVideo?: boolean | undefined;
}

/** The uniform type identifier by which players know audio description: draft-pantos-hls-rfc8216bis, section 4.4.6.1. */
const DESCRIBES_VIDEO = 'public.accessibility.describes-video';

/**
 * Writes the multivariant playlist.
 * @returns text of lines that end with a line feed.
 * @see RFC 8216, section 4.3.4; draft-pantos-hls-rfc8216bis for VIDEO-RANGE
 */
export function writeMultivariantPlaylist(playlist: MultivariantPlaylist): string {
  const groups = new Set(playlist.audio.map(({ group }) => group));
  const { subtitles = [] } = playlist;
  const media = [...[...groups].flatMap((group) => audioTags(group, playlist)), ...subtitleTags(subtitles)];
  const subtitleGroup = subtitles.length > 0 ? SUBTITLE_GROUP : undefined;
  const variants = playlist.variants.flatMap((variant) => [variantTag(variant, subtitleGroup), variant.uri]);
  const head = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
  return `${[...head, ...media, ...variants].join('\n')}\n`;
}

function audioTags(group: string, { variants, audio }: MultivariantPlaylist): string[] {
  const renditions = audio.filter((rendition) => rendition.group === group);
  const users = variants.filter(({ audioGroup }) => audioGroup === group);
  const names = nameRenditions(renditions, 'Audio');
  const first = renditions.find(({ isDefault }) => isDefault) ?? renditions[0];
  const choices = automaticChoices(renditions, first);
  return renditions.map((rendition, index) => {
    const language = canonicalLanguage(rendition.language);
    const isVariant = users.length > 0 && users.every(({ uri }) => uri === rendition.uri);
    return `#EXT-X-MEDIA:${writeAttributeList({
      TYPE: 'AUDIO',
      'GROUP-ID': quotedString(group),
      NAME: quotedString(names[index]!),
      LANGUAGE: language === undefined ? undefined : quotedString(language),
      DEFAULT: rendition === first ? 'YES' : 'NO',
      AUTOSELECT: choices.has(rendition) ? 'YES' : 'NO',
      CHARACTERISTICS: rendition.describesVideo === true ? quotedString(DESCRIBES_VIDEO) : undefined,
      CHANNELS: rendition.channels === undefined ? undefined : quotedString(String(rendition.channels)),
      URI: isVariant ? undefined : quotedString(rendition.uri),
    })}`;
  });
}

/**
 * The renditions that a player may choose by the system's language: one of each language, which has to be told from the
 * others by its attributes, as a description of the picture is. Of a commentary and a film's own sound in one language that is the default, or the first.
 */
function automaticChoices(
  renditions: readonly AudioRendition[],
  first: AudioRendition | undefined,
): ReadonlySet<AudioRendition> {
  const byKind = new Map<string, AudioRendition>();
  for (const rendition of first === undefined ? [] : [first, ...renditions]) {
    const kind = `${canonicalLanguage(rendition.language) ?? ''} ${rendition.describesVideo === true}`;
    if (!byKind.has(kind)) byKind.set(kind, rendition);
  }
  return new Set(byKind.values());
}

function variantTag(
  { bandwidth, averageBandwidth, codecs, video, audioGroup }: Variant,
  subtitleGroup: string | undefined,
): string {
  const average = averageBandwidth === undefined ? undefined : wholeBits(averageBandwidth);
  return `#EXT-X-STREAM-INF:${writeAttributeList({
    BANDWIDTH: Math.max(wholeBits(bandwidth), average ?? 1),
    'AVERAGE-BANDWIDTH': average,
    CODECS: quotedString([...new Set(codecs)].join(',')),
    RESOLUTION: video && `${video.width}x${video.height}`,
    'FRAME-RATE': video?.frameRate?.toFixed(3),
    'VIDEO-RANGE': video?.range,
    AUDIO: audioGroup === undefined ? undefined : quotedString(audioGroup),
    SUBTITLES: subtitleGroup === undefined ? undefined : quotedString(subtitleGroup),
  })}`;
}

function wholeBits(rate: number): number {
  return Math.min(Math.max(1, Math.ceil(rate)), Number.MAX_SAFE_INTEGER);
}
