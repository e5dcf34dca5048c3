// What is told of an item and its tracks, in plain words.
import type {
  IndexInfo,
  ItemInfo,
  PlanInfo,
  RenditionInfo,
  SubtitleInfo,
  TrackInfo,
} from '../../shared/api.js';
import { bytes, clock, language } from '../../shared/words.js';
import { channelName, codecName, sizeOf } from '../choices.js';

const CONTAINERS: Readonly<Record<string, string>> = {
  avi: 'AVI',
  flv: 'Flash Video',
  matroska: 'Matroska',
  mov: 'QuickTime',
  mp4: 'MP4',
  mpegts: 'MPEG transport stream',
  webm: 'WebM',
};

const TRACK_NAMES: Readonly<Record<TrackInfo['type'], string>> = {
  video: 'Video',
  audio: 'Audio',
  subtitle: 'Subtitles',
};

/** What is done with a track, and why. */
export interface TrackStory {
  /** As `info.json` has it; `beside` of subtitles, which are neither in the video nor in the audio. */
  readonly action: TrackInfo['action'] | 'beside';
  readonly reason: string;
  /** What it costs. */
  readonly cost: string;
  /** What other forms there are of it. */
  readonly others: string;
}

/** What the item is, in one sentence. */
export function describeItem({ container, durationMs, size, tracks }: ItemInfo): string {
  const name = CONTAINERS[container] ?? container;
  const length = durationMs === undefined ? '' : ` of ${clock(durationMs / 1000)}`;
  const weight = size === undefined ? '' : `, ${bytes(size)}`;
  const video = tracks.find(({ type }) => type === 'video');
  const parts = [
    video === undefined ? 'no video' : [codecName(video), 'video', sizeOf(video)].filter(Boolean).join(' '),
    count(tracks.filter(({ type }) => type === 'audio').length, 'audio track'),
    count(tracks.filter(({ type }) => type === 'subtitle').length, 'subtitle track'),
  ].filter((part) => !part.startsWith('0 '));
  const last = parts.pop();
  const list = parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
  return `A ${name} file${length}${weight}, with ${list}.`;
}

/** The name of a track: what it is, and which one of the file. */
export function trackName({ id, type }: TrackInfo): string {
  return `${TRACK_NAMES[type]} ${id}`;
}

/** What is known of a track, a line each. */
export function trackFacts(track: TrackInfo): readonly string[] {
  const { audio, video } = track;
  const rate = audio !== undefined && audio.sampleRate > 0 ? `${audio.sampleRate / 1000} kHz` : '';
  const pictures = video?.framesPerSecond === undefined ? '' : `${rounded(video.framesPerSecond)} fps`;
  return [
    [codecName(track), sizeOf(track), pictures, channelName(track), rate],
    [language(track.language), track.name],
  ]
    .map((facts) => facts.filter(Boolean).join(' · '))
    .filter(Boolean);
}

/**
 * Tells what is done with a track.
 * @param track - of the item.
 * @param renditions - forms of it in segments, where it is played so: there it may be something else than in one stream.
 * @param subtitles - that are offered.
 */
export function tellTrack(
  track: TrackInfo,
  renditions: readonly RenditionInfo[],
  subtitles: readonly SubtitleInfo[],
): TrackStory {
  const own = renditions.filter(({ trackId }) => trackId === track.id);
  const { action, reason } = own[0]?.decision ?? track;
  const offered = subtitles.find(({ id }) => id === `t${track.id}`);
  if (offered !== undefined) {
    return { action: 'beside', reason: sentence(reason), cost: SUBTITLE_COSTS[offered.kind], others: '' };
  }
  const heights = own.flatMap(({ height }) => (height === undefined ? [] : [`${height}p`]));
  const others = heights.length === 0 ? '' : `Also within ${heights.join(', ')}, encoded if watched.`;
  return { action, reason: sentence(reason), cost: COSTS[action](track), others };
}

const SUBTITLE_COSTS: Readonly<Record<SubtitleInfo['kind'], string>> = {
  text: 'The browser shows the text over the picture; the video stays as it is.',
  styled: 'The page draws the text over the picture; the video stays as it is.',
  bitmap: 'The page draws the pictures over the video, which stays as it is.',
};

const COSTS: Readonly<Record<TrackInfo['action'], (track: TrackInfo) => string>> = {
  copy: () => 'Costs next to nothing: its bytes are wrapped anew, and nothing is lost.',
  transcode: ({ type }) =>
    type === 'video'
      ? 'Every picture is decoded and encoded while it is watched: the most work that there is.'
      : 'Decoded and encoded while it is heard: little work beside that of video.',
  drop: () => '',
};

const ORIGINS: Readonly<Record<string, string>> = {
  cues: 'The file’s own. It was tested, and can be trusted.',
  repaired: 'The file’s own, repaired: where it was wrong, the file was read instead.',
  scan: 'Made by reading the file, which has none that can be trusted.',
};

/** Where playing can begin, as pairs of a name and what is told. */
export function indexFacts({ origin, keyframes, tested, largestGapSeconds }: IndexInfo): Facts {
  const looked = tested === keyframes ? 'all' : String(tested);
  return [
    ['Index', ORIGINS[origin] ?? origin],
    ['Keyframes', `${keyframes}${tested === 0 ? '' : `, ${looked} of them looked at`}`],
    ['Largest gap', `${rounded(largestGapSeconds)} s`],
  ];
}

/** How an item is cut, in the same form. */
export function planFacts({ segments, shortestSeconds, longestSeconds }: PlanInfo): Facts {
  const [shortest, longest] = [rounded(shortestSeconds), rounded(longestSeconds)];
  const lengths = shortest === longest ? `of ${longest} s` : `of ${shortest} to ${longest} s`;
  return [['Plan', `${count(segments, 'segment')} ${lengths}`]];
}

/** Names, and what is told of each. */
export type Facts = readonly (readonly [name: string, text: string])[];

function sentence(text: string): string {
  return text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

function count(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? '' : 's'}`;
}

/** To the hundredth, without zeros at the end. */
function rounded(number: number): string {
  return String(Math.round(number * 100) / 100);
}
