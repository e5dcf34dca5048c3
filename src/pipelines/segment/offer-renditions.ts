import { UnsupportedMediaError } from '../../errors.js';
import type { AudioTrack, VideoTrack } from '../../media/track.js';
import type { Decision } from '../decide.js';
import { chooseAudioForm, chooseVideoForm, type ChosenForm } from './choose-form.js';
import { SHARE_OF_ABOVE } from './ladder.js';
import type { RenditionName } from './rendition-id.js';
import { rateOfCopiedVideo, type RateFacts } from './rendition-rates.js';
import type { RenditionTracks } from './rendition-tracks.js';
import type { PlayerRequest } from './segmented-media.js';
import type { SegmentTrack } from './segment-track.js';

/** A rendition that is offered to a player. */
export interface Offer {
  /** What it is. */
  readonly name: RenditionName;
  /** The source's track. */
  readonly source: VideoTrack | AudioTrack;
  /** What is done, and why. */
  readonly decision: Decision;
  /** Makes it. */
  readonly track: SegmentTrack;
}

/**
 * Chooses the renditions for a player: the video track, and every audio track, each in the form that the player plays; and
 * lower forms of the video, unless they are not wanted.
 * @param facts - the tracks, and what their rates follow from.
 * @param request - what the player plays, and wants.
 * @param obstacle - why the video cannot be copied as it is planned, if so.
 * @param tracks - makes them.
 * @returns video first, from the source's height down, then audio in the order of the survey.
 * @throws {UnsupportedMediaError} when the video cannot be offered, or nothing can.
 */
export function offerRenditions(
  facts: RateFacts,
  request: PlayerRequest,
  obstacle: string | undefined,
  tracks: RenditionTracks,
): Offer[] {
  const offers: Offer[] = [];
  const refusals: string[] = [];
  const add = (source: VideoTrack | AudioTrack, { form, decision }: ChosenForm): void => {
    const isShort = form === 'h264' && request.encodedSegments !== 'planned';
    const name = form && { type: source.type, trackId: source.id, form, ...(isShort && { isShort }) };
    const track = name && tracks.get(name);
    if (track === undefined) refusals.push(`track ${source.id}: ${decision.reason}`);
    else offers.push({ name: name!, source, decision, track });
  };
  const { video, audio } = facts.survey;
  if (video !== undefined) add(video.track, chooseVideoForm(video, request, obstacle));
  // Video is never left out in silence.
  const isVideoMissing = video !== undefined && offers.length === 0;
  const [highest] = offers;
  if (highest !== undefined && request.ladder !== 'none') offers.push(...offerRungs(highest, facts, tracks));
  for (const surveyed of audio) {
    const against = tracks.audioObstacle(surveyed);
    add(surveyed.track, chooseAudioForm(surveyed, request, against, tracks.refusedSound));
  }
  if (isVideoMissing || offers.length === 0) {
    throw new UnsupportedMediaError(`The source cannot be played: ${refusals.join('; ')}.`);
  }
  return offers;
}

/** Lower forms of the video that take clearly fewer bits than the highest one, which may be of a better codec. */
function offerRungs({ source, name }: Offer, facts: RateFacts, tracks: RenditionTracks): Offer[] {
  const { isShort } = name;
  const ladder = isShort === true ? tracks.ladders.short : tracks.ladders.planned;
  if (ladder === undefined || source.type !== 'video') return [];
  const peak = name.form === 'copy' ? rateOfCopiedVideo(source, facts).peak : ladder.top.peak;
  const affordable = ladder.rungs.filter((rung) => rung.peak <= peak * SHARE_OF_ABOVE);
  return affordable.flatMap(({ height }) => {
    const name: RenditionName = { type: 'video', trackId: source.id, form: 'h264', height, isShort };
    const track = tracks.get(name);
    const decision = { action: 'transcode', reason: `a form for slower lines, within ${height}p` } as const;
    return track === undefined ? [] : [{ name, source, decision, track }];
  });
}
