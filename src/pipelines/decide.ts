import { configureAudio } from '../codecs/audio.js';
import type { AudioConfiguration, VideoConfiguration } from '../codecs/configuration.js';
import { createFrameDuration } from '../codecs/frame-duration.js';
import { configureVideo } from '../codecs/video.js';
import { SegmintError } from '../errors.js';
import type { AudioTrack, SubtitleTrack, Track, VideoTrack } from '../media/track.js';
import type { PlayerTarget } from './player-target.js';
import { subtitleFormOf } from './subtitles/subtitle-kind.js';

/** What happens to a track, and why, in words for a person. */
export interface Decision {
  /** `copy`: samples pass through; `transcode`: decoded and encoded; `drop`: cannot be in the output. */
  readonly action: 'copy' | 'transcode' | 'drop';
  /** One clause that explains the action. */
  readonly reason: string;
}

/** A decision, with how the track as it is would be declared, where it can be. */
export interface ConfiguredDecision<Configuration> extends Decision {
  /** The declaration; undefined when MP4 cannot hold the track as it is. */
  readonly configuration: Configuration | undefined;
}

/** What the caller asks for: `auto` copies what the target plays. */
export interface DecisionRequest {
  /** What the target plays. */
  readonly target: PlayerTarget;
  /** Video: `copy` copies whatever MP4 can hold; `h264` always encodes. */
  readonly video: 'auto' | 'copy' | 'h264';
  /** Audio: `copy` as for video; `aac` always encodes. */
  readonly audio: 'auto' | 'copy' | 'aac';
  /** Video that the target does not play may be encoded anew; without this, it cannot be in the output. */
  readonly mayEncodeVideo?: boolean | undefined;
  /** The most pixels down; a higher picture is scaled, and so encoded anew. */
  readonly height?: number | undefined;
  /** Ids of audio tracks that do not stay as they begin: one declaration cannot hold for all of them. */
  readonly changingSound?: ReadonlySet<number> | undefined;
  /** Audio tracks that their decoder refuses, by their ids, and why: they can only be copied. */
  readonly refusedSound?: ReadonlyMap<number, string> | undefined;
}

/** Whether the video may be decoded where it needs to be: where pictures have to be hidden that others need. */
export function mayHidePictures({ video, mayEncodeVideo }: DecisionRequest): boolean {
  return mayEncodeVideo === true && video !== 'copy';
}

/**
 * Decides what happens to a video track.
 * @param track - the track.
 * @param firstSample - its first sample, where one was found.
 * @param request - what is asked for.
 */
export function decideVideo(
  track: VideoTrack,
  firstSample: Uint8Array | undefined,
  request: DecisionRequest,
): ConfiguredDecision<VideoConfiguration> {
  if (track.encryption !== undefined) return drop(`it is encrypted (${track.encryption})`);
  const { configuration, fault } = attempt(() => configureVideo(track, firstSample));
  if (request.video === 'copy') {
    return configuration === undefined
      ? drop(fault)
      : { action: 'copy', reason: 'copied as asked', configuration };
  }
  const obstacle = videoObstacle(track, configuration, fault, request);
  if (obstacle === undefined) {
    return { action: 'copy', reason: `browsers play ${configuration!.codecString}`, configuration };
  }
  if (request.mayEncodeVideo !== true) {
    if (configuration === undefined) return drop(fault);
    // Without an encoder, a profile that only some players know is better than nothing.
    if (request.target.video.has(track.codec)) {
      return { action: 'copy', reason: `browsers play ${configuration.codecString}`, configuration };
    }
    return { ...drop(`${obstacle}; it has to be re-encoded`), configuration };
  }
  if (track.codec === 'unknown') return drop(`there is no decoder for ${track.codecTag}`);
  if (configuration === undefined && track.width * track.height === 0) {
    return drop('nothing tells the size of its pictures');
  }
  return { action: 'transcode', reason: obstacle, configuration };
}

/** Why video is encoded anew of which a copy would show what an edit list leaves out. */
export const CUT_WITHIN_GROUPS = 'its edit list cuts within groups of pictures';

/** Why a video track is not copied; undefined when it is. */
function videoObstacle(
  track: VideoTrack,
  configuration: VideoConfiguration | undefined,
  fault: string,
  { video, target, height }: DecisionRequest,
): string | undefined {
  if (video === 'h264') return 'H.264 was asked for';
  if (configuration === undefined) {
    return target.video.has(track.codec) ? fault : `browsers do not play ${nameOf(track)} from MP4`;
  }
  if (!target.video.has(track.codec)) return `browsers do not play ${track.codec} from MP4`;
  if (height !== undefined && configuration.height > height) return `a height of ${height} was asked for`;
  if (track.isCutWithinGroups === true) return CUT_WITHIN_GROUPS;
  return videoProfileFault(track, configuration);
}

/**
 * Says what keeps players of a codec from playing a certain track: H.264 plays everywhere only as 8-bit 4:2:0. Of the
 * other codecs a player that names them plays the usual profiles.
 * @returns undefined when nothing does.
 */
function videoProfileFault(
  { codec }: VideoTrack,
  configuration: VideoConfiguration | undefined,
): string | undefined {
  if (configuration === undefined || codec !== 'h264') return undefined;
  const { bitDepth, chroma, codecString } = configuration;
  if (bitDepth === 8 && (chroma === '4:2:0' || chroma === '4:0:0')) return undefined;
  return `browsers do not play ${bitDepth}-bit ${chroma} H.264 (${codecString})`;
}

/**
 * Decides what happens to an audio track.
 * @param track - the track.
 * @param firstSample - its first sample, where one was found.
 * @param request - what is asked for.
 */
export function decideAudio(
  track: AudioTrack,
  firstSample: Uint8Array | undefined,
  request: DecisionRequest,
): ConfiguredDecision<AudioConfiguration> {
  if (track.encryption !== undefined) return drop(`it is encrypted (${track.encryption})`);
  const name = nameOf(track);
  const { configuration, fault } = attempt(() => configureAudio(track, firstSample));
  if (!createFrameDuration(track, firstSample).isRateKnown) return drop('nothing tells its sample rate');
  if (request.audio === 'copy') {
    if (configuration === undefined) return drop(fault === '' ? `MP4 cannot hold ${name} as it is` : fault);
    return { action: 'copy', reason: 'copied as asked', configuration };
  }
  const isChanging = request.changingSound?.has(track.id) === true;
  const plays =
    configuration !== undefined &&
    request.target.audio.has(track.codec) &&
    isCommonProfile(configuration) &&
    !isChanging;
  if (plays && request.audio === 'auto') {
    return { action: 'copy', reason: `browsers play ${configuration.codecString}`, configuration };
  }
  if (track.codec === 'unknown') return drop(`there is no decoder for ${name}`);
  const refusal = request.refusedSound?.get(track.id);
  if (refusal !== undefined) return { ...drop(refusal), configuration };
  const reason = plays
    ? 'AAC was asked for'
    : isChanging
      ? 'its channels or its sample rate change on the way'
      : `not every browser plays ${configuration?.codecString ?? name}`;
  return { action: 'transcode', reason, configuration };
}

/** Decides what happens to a subtitle track: it is never part of the audio and video stream, but may be had beside it. */
export function decideSubtitle(track: SubtitleTrack): Decision {
  const name = nameOf(track);
  switch (subtitleFormOf(track)?.kind) {
    case 'text':
      return { action: 'drop', reason: `${name} subtitles go beside the audio and video, as WebVTT` };
    case 'styled':
      return {
        action: 'drop',
        reason: `${name} subtitles go beside the audio and video, as WebVTT and as they are`,
      };
    case 'bitmap':
      return {
        action: 'drop',
        reason: `${name} subtitles are pictures, which go beside the audio and video as they are`,
      };
    case undefined:
      return {
        action: 'drop',
        reason:
          track.encryption === undefined
            ? `${name} subtitles are left out: nothing here reads them`
            : `it is encrypted (${track.encryption})`,
      };
  }
}

/** AAC-LC, HE-AAC and HE-AACv2 play everywhere; AAC Main, SSR, LTP and the low-delay kinds hardly anywhere. */
export function isCommonProfile({ codecString }: AudioConfiguration): boolean {
  const objectType = /^mp4a\.40\.(\d+)$/.exec(codecString)?.[1];
  return objectType === undefined || ['2', '5', '29'].includes(objectType);
}

function attempt<T>(configure: () => T | undefined): { configuration: T | undefined; fault: string } {
  try {
    return { configuration: configure(), fault: '' };
  } catch (error) {
    if (!(error instanceof SegmintError)) throw error;
    return { configuration: undefined, fault: error.message.replace(/\.$/, '') };
  }
}

function nameOf({ codec, codecTag }: Track): string {
  return codec === 'unknown' ? codecTag : codec;
}

function drop(reason: string): { action: 'drop'; reason: string; configuration: undefined } {
  return { action: 'drop', reason, configuration: undefined };
}
