import type { AudioConfiguration, VideoConfiguration } from '../../codecs/configuration.js';
import type { AudioTrack, VideoTrack } from '../../media/track.js';
import { decideAudio, decideVideo, type Decision } from '../decide.js';
import type { PlayerTarget } from '../player-target.js';
import type { RenditionForm } from './rendition-id.js';
import type { SurveyedTrack } from './survey-tracks.js';

/** In what form a track is offered to a player, and why. */
export interface ChosenForm {
  /** The form; undefined when the track cannot be offered. */
  readonly form: RenditionForm | undefined;
  /** What is done and why. */
  readonly decision: Decision;
}

/** Why a track cannot be copied into segments whatever the player plays; undefined when it can. */
export type CopyObstacle = string | undefined;

/**
 * Chooses the form of the video track.
 * @param surveyed - the track and a sample of it.
 * @param target - what the player plays.
 * @param obstacle - why it cannot be copied into segments, if so.
 */
export function chooseVideoForm(
  { track, sample }: SurveyedTrack<VideoTrack>,
  target: PlayerTarget,
  obstacle: CopyObstacle,
): ChosenForm {
  return formOf(
    'h264',
    decideVideo(track, sample.data, { ...requestFor(target), mayEncodeVideo: true }),
    obstacle,
  );
}

/**
 * Chooses the form of an audio track.
 * @param surveyed - the track and a sample of it.
 * @param target - what the player plays.
 * @param obstacle - why it cannot be copied into segments, if so.
 * @param refusedSound - by the ids of those tracks that their decoder refuses, why.
 */
export function chooseAudioForm(
  { track, sample }: SurveyedTrack<AudioTrack>,
  target: PlayerTarget,
  obstacle: CopyObstacle,
  refusedSound: ReadonlyMap<number, string>,
): ChosenForm {
  return formOf('aac', decideAudio(track, sample.data, { ...requestFor(target), refusedSound }), obstacle);
}

function requestFor(target: PlayerTarget) {
  return { target, video: 'auto', audio: 'auto' } as const;
}

/** What would be copied is encoded all the same when something stands against copying it into segments. */
function formOf(encoded: 'h264' | 'aac', { action, reason }: Decision, obstacle: CopyObstacle): ChosenForm {
  if (action === 'drop') return { form: undefined, decision: { action, reason } };
  if (action === 'copy' && obstacle === undefined) return { form: 'copy', decision: { action, reason } };
  return { form: encoded, decision: { action: 'transcode', reason: obstacle ?? reason } };
}

/** How a video track would be declared when copied; undefined when it cannot be. */
export function copiedVideoConfiguration({
  track,
  sample,
}: SurveyedTrack<VideoTrack>): VideoConfiguration | undefined {
  return decideVideo(track, sample.data, {
    target: { video: new Set(), audio: new Set() },
    video: 'copy',
    audio: 'copy',
  }).configuration;
}

/** How an audio track would be declared when copied; undefined when it cannot be. */
export function copiedAudioConfiguration({
  track,
  sample,
}: SurveyedTrack<AudioTrack>): AudioConfiguration | undefined {
  return decideAudio(track, sample.data, {
    target: { video: new Set(), audio: new Set() },
    video: 'copy',
    audio: 'copy',
  }).configuration;
}
