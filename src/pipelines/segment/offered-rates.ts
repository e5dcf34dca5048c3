import type { VideoTrack } from '../../media/track.js';
import type { RenditionRate } from '../../playlist/hls/bandwidth.js';
import type { Offer } from './offer-renditions.js';
import {
  rateOfCopiedAudio,
  rateOfCopiedVideo,
  rateOfEncodedAudio,
  rateOfEncodedVideo,
  type RateFacts,
} from './rendition-rates.js';
import { VideoEncodeTrack } from './video-encode-track.js';

/**
 * The rate of an audio rendition that is offered.
 * @param offer - the rendition.
 * @param facts - what its rate follows from.
 */
export function offeredAudioRate({ source, name }: Offer, facts: RateFacts): RenditionRate {
  const audio = facts.survey.audio.find(({ track }) => track.id === source.id);
  return name.form === 'copy' && audio !== undefined ? rateOfCopiedAudio(audio, facts) : rateOfEncodedAudio();
}

/**
 * The rate of a video rendition that is offered.
 * @param offer - the rendition.
 * @param source - its track.
 * @param facts - what its rate follows from.
 * @returns what it takes on average is undefined where it is encoded: that shows only in the end.
 */
export function offeredVideoRate(
  { track }: Offer,
  source: VideoTrack,
  facts: RateFacts,
): { readonly peak: number; readonly average: number | undefined } {
  return track instanceof VideoEncodeTrack
    ? rateOfEncodedVideo(track, source)
    : rateOfCopiedVideo(source, facts);
}
