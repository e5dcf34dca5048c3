import type { VideoTrack } from '../../media/track.js';
import { variantBandwidth } from '../../playlist/hls/bandwidth.js';
import type {
  AudioRendition,
  MultivariantPlaylist,
  Variant,
  VideoAttributes,
} from '../../playlist/hls/multivariant-playlist.js';
import type { SubtitleRendition } from '../../playlist/hls/subtitle-tags.js';
import type { AnnouncedVideo } from './announcement.js';
import type { Offer } from './offer-renditions.js';
import { offeredAudioRate, offeredVideoRate } from './offered-rates.js';
import { statedFrameRate, type RateFacts } from './rendition-rates.js';

/** A rendition that is offered, and where. */
export interface OfferedRendition extends Offer {
  /** URI of its playlist. */
  readonly uri: string;
}

/** The group of all audio renditions: each goes with any video. */
const audioGroup = 'audio';

/**
 * Puts together what the multivariant playlist states.
 * @param offered - the renditions, video first.
 * @param facts - what their rates follow from.
 * @param subtitles - each goes with any video.
 */
export function modelMaster(
  offered: readonly OfferedRendition[],
  facts: RateFacts,
  subtitles: readonly SubtitleRendition[] = [],
): MultivariantPlaylist {
  const video = offered.filter(({ source }) => source.type === 'video');
  const audio = offered.filter(({ source }) => source.type === 'audio');
  const group = audio.length > 0 ? audioGroup : undefined;
  const audioRates = audio.map((rendition) => offeredAudioRate(rendition, facts));
  const audioCodecs = audio.map(({ track }) => track.announcement.codecString);
  const variantOf = (rendition: OfferedRendition): Variant => {
    const { source, uri, track } = rendition;
    const { announcement } = track;
    const rate = source.type === 'video' ? offeredVideoRate(rendition, source, facts) : undefined;
    const { bandwidth, averageBandwidth } = variantBandwidth(
      rate && { peak: rate.peak, average: rate.average ?? 0 },
      audioRates,
    );
    const isAverageKnown = rate === undefined || rate.average !== undefined;
    return {
      uri,
      bandwidth,
      averageBandwidth: isAverageKnown ? averageBandwidth : undefined,
      codecs: [announcement.codecString, ...audioCodecs],
      video:
        source.type === 'video' && announcement.type === 'video'
          ? attributesOf(announcement, source)
          : undefined,
      audioGroup: group,
    };
  };
  // Of audio alone the track that the file prefers is the variant, and the others are choices beside it.
  const variants = video.length > 0 ? video : audio.slice(0, 1);
  return { variants: variants.map(variantOf), audio: audio.map(audioRenditionOf), subtitles };
}

function audioRenditionOf({ source, uri, track }: OfferedRendition): AudioRendition {
  const { announcement } = track;
  return {
    uri,
    group: audioGroup,
    title: source.name,
    language: source.language,
    isDefault: source.isDefault,
    channels: announcement.type === 'audio' ? announcement.channels : undefined,
    describesVideo: source.roles?.includes('visually-impaired'),
  };
}

/** What a playlist states is the picture as it is shown: with its pixels square, and upright. */
function attributesOf(announced: AnnouncedVideo, source: VideoTrack): VideoAttributes {
  const { rotation, color, pixelAspectRatio } = announced;
  const [horizontal, vertical] = pixelAspectRatio;
  const across = Math.round((announced.width * horizontal) / vertical);
  const [width, height] =
    rotation === 90 || rotation === 270 ? [announced.height, across] : [across, announced.height];
  const rate = statedFrameRate(source);
  return {
    width,
    height,
    frameRate: rate && rate.numerator / rate.denominator,
    range: color?.transfer === 16 ? 'PQ' : color?.transfer === 18 ? 'HLG' : 'SDR',
  };
}
