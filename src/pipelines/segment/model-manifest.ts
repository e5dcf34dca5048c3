import type { AudioTrack, VideoTrack } from '../../media/track.js';
import type {
  AudioRepresentation,
  Manifest,
  TextRepresentation,
  VideoRepresentation,
  VideoSet,
} from '../../playlist/dash/manifest-model.js';
import type { SubtitleDescription } from '../subtitles/describe-subtitles.js';
import type { AnnouncedAudio, AnnouncedVideo } from './announcement.js';
import type { Offer } from './offer-renditions.js';
import { offeredAudioRate, offeredVideoRate } from './offered-rates.js';
import { statedFrameRate, type RateFacts } from './rendition-rates.js';
import type { SegmentTrack } from './segment-track.js';

/** A rendition that is offered, and the name of its folder. */
export interface NamedOffer extends Offer {
  /** Letters, digits and hyphens. */
  readonly id: string;
}

/** A set of forms of the video that grows. */
interface GrowingSet extends VideoSet {
  readonly representations: VideoRepresentation[];
}

/** Transfer characteristics of HDR: PQ and HLG, H.273 table 3. */
const HDR_TRANSFERS: ReadonlySet<number> = new Set([16, 18]);

/**
 * Puts together what the DASH manifest states: the renditions of the multivariant playlist, with all their segments.
 * @param offered - the renditions, video first.
 * @param facts - what their rates follow from.
 * @param subtitles - with text.
 */
export function modelManifest(
  offered: readonly NamedOffer[],
  facts: RateFacts,
  subtitles: readonly SubtitleDescription[],
): Manifest {
  const video = new Map<string, GrowingSet>();
  const audio: AudioRepresentation[] = [];
  for (const offer of offered) {
    const { source, track, name } = offer;
    const { announcement } = track;
    if (source.type === 'audio' && announcement.type === 'audio') {
      const bandwidth = offeredAudioRate(offer, facts).peak;
      audio.push({ id: offer.id, bandwidth, ...audioOf(source, track, announcement) });
    } else if (source.type === 'video' && announcement.type === 'video') {
      const { color } = announcement;
      const hdr = color !== undefined && HDR_TRANSFERS.has(color.transfer) ? color : undefined;
      // A player goes between the forms of a set without a thought of its decoder or screen.
      const key = `${name.form === 'copy' ? source.codec : name.form} ${hdr?.transfer}`;
      const set = video.get(key) ?? { times: track.timing, color: hdr, representations: [] };
      const bandwidth = offeredVideoRate(offer, source, facts).peak;
      set.representations.push({ id: offer.id, bandwidth, ...videoOf(offer, source, announcement) });
      video.set(key, set);
    }
  }
  return { video: [...video.values()], audio, text: subtitles.map(textOf) };
}

function textOf({
  id,
  name,
  language,
  isForced,
  isHearingImpaired,
}: SubtitleDescription): TextRepresentation {
  return { id, uri: `subtitles/${id}.vtt`, title: name, language, isForced, isHearingImpaired };
}

/** The picture as it is shown: upright, and its pixels with it. */
function videoOf(
  { name }: Offer,
  source: VideoTrack,
  announced: AnnouncedVideo,
): Omit<VideoRepresentation, 'id' | 'bandwidth'> {
  const { codecString, width, height, rotation } = announced;
  const [horizontal, vertical] = announced.pixelAspectRatio;
  const isTurned = rotation === 90 || rotation === 270;
  return {
    codec: codecString,
    ...(isTurned ? { width: height, height: width } : { width, height }),
    pixelAspectRatio: isTurned ? [vertical, horizontal] : [horizontal, vertical],
    frameRate: statedFrameRate(source),
    // What leads the first picture is decoded from what came before it: only HEVC is cut there when it is copied.
    startsWithSap: name.form === 'copy' && source.codec === 'hevc' ? 3 : 1,
  };
}

function audioOf(
  source: AudioTrack,
  track: SegmentTrack,
  { codecString, channels, sampleRate }: AnnouncedAudio,
): Omit<AudioRepresentation, 'id' | 'bandwidth'> {
  const roles = new Set(source.roles);
  return {
    codec: codecString,
    channels,
    sampleRate,
    times: track.timing,
    title: source.name,
    language: source.language,
    isDefault: source.isDefault,
    role: roles.has('commentary') ? 'commentary' : roles.has('dub') ? 'dub' : undefined,
    purpose: roles.has('visually-impaired')
      ? 'visually-impaired'
      : roles.has('hearing-impaired')
        ? 'hearing-impaired'
        : undefined,
  };
}
