import { createAudioConverter } from '../codecs/audio.js';
import { createFrameDuration } from '../codecs/frame-duration.js';
import type { AudioConfiguration, VideoConfiguration } from '../codecs/configuration.js';
import { createVideoConverter, createVideoInspector } from '../codecs/video.js';
import type { AudioOutput } from '../engine/audio-job.js';
import type { EnginePool } from '../engine/pool.js';
import type { VideoOutput } from '../engine/video-output.js';
import { UnsupportedMediaError } from '../errors.js';
import type { MediaInfo } from '../media/media-info.js';
import type { Sample } from '../media/sample.js';
import type { AudioTrack, VideoTrack } from '../media/track.js';
import type { Instant } from '../time/instant.js';
import { AudioCopyLane } from './audio-copy-lane.js';
import type { AudioLane } from './audio-lane.js';
import { AudioTranscodeLane } from './audio-transcode-lane.js';
import { rankTracks, type TrackChoice } from './choose-tracks.js';
import { decideAudio, decideVideo, type ConfiguredDecision, type DecisionRequest } from './decide.js';
import type { LeftOutTrack } from './stream-report.js';
import { VideoTranscodeLane } from './video-transcode-lane.js';
import { VideoCopyLane } from './video-copy-lane.js';
import type { VideoLane } from './video-lane.js';

/** A track that goes into the output, and how. */
export interface SelectedTrack<T, Configuration> {
  /** The source's track. */
  readonly track: T;
  /** What is done with it and why. */
  readonly decision: ConfiguredDecision<Configuration>;
}

/** The tracks that go into the output. */
export interface Selection {
  /** The video track, if any. */
  readonly video: SelectedTrack<VideoTrack, VideoConfiguration> | undefined;
  /** The audio track, if any. */
  readonly audio: SelectedTrack<AudioTrack, AudioConfiguration> | undefined;
  /** Tracks that were tried and could not be used. */
  readonly leftOut: readonly LeftOutTrack[];
}

/** What the caller wants to be in the output. */
export interface SelectionRequest extends DecisionRequest {
  /** Which video track. */
  readonly videoTrack: TrackChoice;
  /** Which audio track. */
  readonly audioTrack: TrackChoice;
}

/**
 * Selects at most one track of each kind: the best that can be used.
 * @param info - what the container says.
 * @param firstSamples - the first sample of each track, where one was found.
 * @param request - what is wanted.
 * @throws {UnsupportedMediaError} when the video cannot be used, or nothing is left to send. Video is never left out in
 * silence; audio is, when there is video and nobody asked for that very track.
 * @throws {RequestError} when a track is asked for that does not exist.
 */
export function selectTracks(
  info: MediaInfo,
  firstSamples: ReadonlyMap<number, Sample>,
  request: SelectionRequest,
): Selection {
  const leftOut: LeftOutTrack[] = [];
  const video = firstUsable(
    rankTracks<VideoTrack>(info.tracks, 'video', request.videoTrack),
    (track) => decideVideo(track, firstSamples.get(track.id)?.data, request),
    leftOut,
  );
  if (video === undefined && leftOut[0] !== undefined) throw refusal(leftOut[0]);
  const audio = firstUsable(
    rankTracks<AudioTrack>(info.tracks, 'audio', request.audioTrack),
    (track) => decideAudio(track, firstSamples.get(track.id)?.data, request),
    leftOut,
  );
  const audioIsWanted = typeof request.audioTrack === 'number' || video === undefined;
  if (audio === undefined && audioIsWanted && leftOut[0] !== undefined) throw refusal(leftOut[0]);
  if (video === undefined && audio === undefined) {
    throw new UnsupportedMediaError('The source has no video and no audio track that is wanted.');
  }
  return { video, audio, leftOut };
}

/** How the lanes of a selection are made. */
export interface LaneOptions {
  /** Presentation time of the video track's first frame, in container ticks. */
  readonly anchorTime: number;
  /** Where the video is to begin, in container ticks; at its first startable picture when absent. */
  readonly videoStartTime: number | undefined;
  /** When the first picture that is meant to be seen is shown, in container ticks. */
  readonly videoShownFromTime: number;
  /** First sample of the audio track, where one was found. */
  readonly firstAudioSample: Uint8Array | undefined;
  /** When the packet that the audio lane gets first begins, in container ticks; as it says itself, when absent. */
  readonly audioAnchorTime: number | undefined;
  /** Where the source ends on its own timeline, as its container says; undefined when it does not. */
  readonly sourceEnd: Instant | undefined;
  /** The engines; needed when a track is transcoded. */
  readonly pool: EnginePool | undefined;
  /** What transcoded audio becomes. */
  readonly audioOutput: AudioOutput;
  /** What transcoded video becomes. */
  readonly videoOutput: VideoOutput;
}

/** Makes the video lane of a selection. */
export function createVideoLane({ video }: Selection, options: LaneOptions): VideoLane | undefined {
  if (video === undefined) return undefined;
  const { track, decision } = video;
  const common = { trackId: 1, anchorTime: options.anchorTime, startTime: options.videoStartTime };
  if (decision.action === 'transcode') {
    return new VideoTranscodeLane(track, {
      ...common,
      shownFromTime: options.videoShownFromTime,
      sourceEnd: options.sourceEnd,
      pool: options.pool!,
      output: options.videoOutput,
    });
  }
  return new VideoCopyLane(track, {
    ...common,
    configuration: decision.configuration!,
    inspect: createVideoInspector(track),
    convert: createVideoConverter(track),
  });
}

/** Makes the audio lane of a selection. */
export function createAudioLane({ video, audio }: Selection, options: LaneOptions): AudioLane | undefined {
  if (audio === undefined) return undefined;
  const { track, decision } = audio;
  const common = {
    trackId: video === undefined ? 1 : 2,
    durations: createFrameDuration(track, options.firstAudioSample),
    sourceEnd: options.sourceEnd,
    anchorTime: options.audioAnchorTime,
  };
  if (decision.action === 'copy') {
    const convert = createAudioConverter(track, options.firstAudioSample);
    return new AudioCopyLane(track, { ...common, configuration: decision.configuration!, convert });
  }
  return new AudioTranscodeLane(track, {
    ...common,
    pool: options.pool!,
    output: options.audioOutput,
  });
}

function firstUsable<T extends VideoTrack | AudioTrack, C>(
  tracks: readonly T[],
  decide: (track: T) => ConfiguredDecision<C>,
  leftOut: LeftOutTrack[],
): SelectedTrack<T, C> | undefined {
  for (const track of tracks) {
    const decision = decide(track);
    if (decision.action !== 'drop') return { track, decision };
    leftOut.push({ id: track.id, type: track.type, reason: decision.reason });
  }
  return undefined;
}

function refusal({ id, type, reason }: LeftOutTrack): UnsupportedMediaError {
  const name = type === 'video' ? 'Video' : 'Audio';
  return new UnsupportedMediaError(`${name} track ${id} cannot be sent: ${reason}.`, {
    context: { track: id },
  });
}
