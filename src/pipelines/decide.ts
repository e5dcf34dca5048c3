import { configureAudio } from '../codecs/audio.js';
import type { AudioConfiguration, VideoConfiguration } from '../codecs/configuration.js';
import { configureVideo } from '../codecs/video.js';
import { SegmintError } from '../errors.js';
import type { AudioTrack, SubtitleTrack, VideoTrack } from '../media/track.js';
import type { PlayerTarget } from './player-target.js';

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
  /** Video: `copy` copies whatever MP4 can hold. */
  readonly video: 'auto' | 'copy';
  /** Audio: `copy` as for video; `aac` always encodes. */
  readonly audio: 'auto' | 'copy' | 'aac';
}

/**
 * Decides what happens to a video track. The Matroska fast path never re-encodes video.
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
  if (configuration === undefined) return drop(fault);
  if (request.video === 'copy') return { action: 'copy', reason: 'copied as asked', configuration };
  if (!request.target.video.has(track.codec)) {
    return {
      ...drop(`browsers do not play ${track.codec} from MP4; it has to be re-encoded`),
      configuration,
    };
  }
  return { action: 'copy', reason: `browsers play ${configuration.codecString}`, configuration };
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
  const name = track.codec === 'unknown' ? track.codecTag : track.codec;
  const { configuration, fault } = attempt(() => configureAudio(track, firstSample));
  if (request.audio === 'copy') {
    if (configuration === undefined) return drop(fault === '' ? `MP4 cannot hold ${name} as it is` : fault);
    return { action: 'copy', reason: 'copied as asked', configuration };
  }
  const plays =
    configuration !== undefined && request.target.audio.has(track.codec) && isCommonProfile(configuration);
  if (plays && request.audio === 'auto') {
    return { action: 'copy', reason: `browsers play ${configuration.codecString}`, configuration };
  }
  if (track.codec === 'unknown') return drop(`there is no decoder for ${name}`);
  const reason = plays
    ? 'AAC was asked for'
    : `not every browser plays ${configuration?.codecString ?? name}`;
  return { action: 'transcode', reason, configuration };
}

/** Decides what happens to a subtitle track: it is never part of the audio and video stream. */
export function decideSubtitle(track: SubtitleTrack): Decision {
  const name = track.codec === 'unknown' ? track.codecTag : track.codec;
  return { action: 'drop', reason: `${name} subtitles are not part of the audio and video stream` };
}

/** AAC-LC, HE-AAC and HE-AACv2 play everywhere; AAC Main, SSR, LTP and the low-delay kinds hardly anywhere. */
function isCommonProfile({ codecString }: AudioConfiguration): boolean {
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

function drop(reason: string): { action: 'drop'; reason: string; configuration: undefined } {
  return { action: 'drop', reason, configuration: undefined };
}
