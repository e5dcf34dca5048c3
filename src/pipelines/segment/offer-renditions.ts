import { UnsupportedMediaError } from '../../errors.js';
import type { AudioTrack, VideoTrack } from '../../media/track.js';
import type { Decision } from '../decide.js';
import type { PlayerTarget } from '../player-target.js';
import { chooseAudioForm, chooseVideoForm, type ChosenForm } from './choose-form.js';
import type { RenditionName } from './rendition-id.js';
import type { RenditionTracks } from './rendition-tracks.js';
import type { SegmentTrack } from './segment-track.js';
import type { TrackSurvey } from './survey-tracks.js';

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
 * Chooses the renditions for a player: the video track, and every audio track, each in the form that the player plays.
 * @param survey - the tracks.
 * @param target - what the player plays.
 * @param obstacle - why the video cannot be copied as it is planned, if so.
 * @param tracks - makes them.
 * @returns video first, then audio in the order of the survey.
 * @throws {UnsupportedMediaError} when the video cannot be offered, or nothing can.
 */
export function offerRenditions(
  survey: TrackSurvey,
  target: PlayerTarget,
  obstacle: string | undefined,
  tracks: RenditionTracks,
): Offer[] {
  const offers: Offer[] = [];
  const refusals: string[] = [];
  const add = (source: VideoTrack | AudioTrack, { form, decision }: ChosenForm): void => {
    const name = form && { type: source.type, trackId: source.id, form };
    const track = name && tracks.get(name);
    if (track === undefined) refusals.push(`track ${source.id}: ${decision.reason}`);
    else offers.push({ name: name!, source, decision, track });
  };
  const { video, audio } = survey;
  if (video !== undefined) add(video.track, chooseVideoForm(video, target, obstacle));
  // Video is never left out in silence.
  const isVideoMissing = video !== undefined && offers.length === 0;
  for (const surveyed of audio) {
    add(surveyed.track, chooseAudioForm(surveyed, target, tracks.audioObstacle(surveyed)));
  }
  if (isVideoMissing || offers.length === 0) {
    throw new UnsupportedMediaError(`The source cannot be played: ${refusals.join('; ')}.`);
  }
  return offers;
}
