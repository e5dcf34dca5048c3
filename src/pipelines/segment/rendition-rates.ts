import { createFrameDuration } from '../../codecs/frame-duration.js';
import { DEFAULT_AUDIO_OUTPUT, FRAME_SAMPLES, OUTPUT_SAMPLE_RATE } from '../../engine/audio-job.js';
import type { EncodedFormat } from '../../engine/video-output.js';
import type { MediaIndex } from '../../media/media-index.js';
import type { MediaInfo } from '../../media/media-info.js';
import type { AudioTrack, VideoTrack } from '../../media/track.js';
import { estimateBitRate } from '../../playlist/hls/audio-bit-rate.js';
import {
  audioRate,
  copiedVideoRate,
  encodedVideoPeak,
  type AudioRate,
  type InterleavedTrack,
  type RenditionRate,
} from '../../playlist/hls/bandwidth.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';
import { recognizeFrameRate, type FrameRate } from '../../time/frame-rate.js';
import type { SegmentContext } from './segment-track.js';
import { statedBitRate } from './stated-bit-rate.js';
import type { SurveyedTrack, TrackSurvey } from './survey-tracks.js';

/** What the rates of renditions are derived from. */
export interface RateFacts {
  /** The source, its index and its plan. */
  readonly context: SegmentContext;
  /** The tracks that can be played. */
  readonly survey: TrackSurvey;
  /** What the container says. */
  readonly info: MediaInfo;
  /** Size of the source in bytes, where it is known. */
  readonly sourceBytes: number | undefined;
}

/** The frame rate that the container states, where it is a constant one. */
export function statedFrameRate({ defaultDuration, timescale }: VideoTrack): FrameRate | undefined {
  return defaultDuration === undefined ? undefined : recognizeFrameRate((defaultDuration * 1e9) / timescale);
}

/** Rates of the video track copied: what the index and the other tracks leave for it. */
export function rateOfCopiedVideo(track: VideoTrack, facts: RateFacts): RenditionRate {
  const { context, survey, info, sourceBytes } = facts;
  const { plan, index } = context;
  const rate = statedFrameRate(track);
  const others = info.tracks.filter(({ id }) => id !== track.id);
  return copiedVideoRate({
    times: plan,
    offsets: plan.keyframes.map((number) => index?.keyframes[number]?.offset ?? 0),
    endOffset: sourceBytes,
    samplesPerSecond: rate && rate.numerator / rate.denominator,
    bitRate: statedBitRate(info, track.id, sourceBytes),
    others: others.map((other): InterleavedTrack => {
      const audio = survey.audio.find((surveyed) => surveyed.track.id === other.id);
      const rate: InterleavedTrack =
        audio === undefined
          ? { bitRate: statedBitRate(info, other.id, sourceBytes), samplesPerSecond: undefined }
          : knownAudioRate(audio, facts);
      return { ...rate, trailingSeconds: secondsAfter(index, other.id, track.id) };
    }),
  });
}

/** How long a track goes on after another; 0 where that is not known. */
function secondsAfter(index: MediaIndex | undefined, trackId: number, other: number): number {
  const endNs = index?.trackEndsNs.get(trackId);
  const otherEndNs = index?.trackEndsNs.get(other);
  return endNs === undefined || otherEndNs === undefined ? 0 : Math.max(0, (endNs - otherEndNs) / 1e9);
}

/** Rates of video encoded anew: what the encoder's cap allows. What it takes on average shows only in the end. */
export function rateOfEncodedVideo(
  { format, timing }: { readonly format: EncodedFormat; readonly timing: RenditionTiming },
  track: VideoTrack,
) {
  const { maxBitRate, bufferBits } = format;
  const rate = statedFrameRate(track);
  const samplesPerSecond = rate && rate.numerator / rate.denominator;
  const peak = encodedVideoPeak({ times: timing, maxBitRate, bufferBits, samplesPerSecond });
  return { peak, average: undefined };
}

/** Rates of an audio track copied. */
export function rateOfCopiedAudio(audio: SurveyedTrack<AudioTrack>, facts: RateFacts): RenditionRate {
  const { survey, sourceBytes, context } = facts;
  const known = knownAudioRate(audio, facts);
  const isAlone = survey.video === undefined && survey.audio.length === 1;
  if (!isAlone || sourceBytes === undefined) return audioRate(known);
  // Nothing but this track and the container's own bytes.
  const { end, timescale } = context.plan;
  return audioRate({ ...known, bitRate: (sourceBytes * 8 * timescale) / end });
}

/** Rates of an audio track encoded as AAC. */
export function rateOfEncodedAudio(): RenditionRate {
  return audioRate({
    bitRate: DEFAULT_AUDIO_OUTPUT.bitRate,
    samplesPerSecond: OUTPUT_SAMPLE_RATE / FRAME_SAMPLES,
    spread: 0.01,
  });
}

function knownAudioRate(
  { track, sample }: SurveyedTrack<AudioTrack>,
  { info, sourceBytes }: RateFacts,
): AudioRate {
  const measure = createFrameDuration(track, sample.data);
  const packetSamples = measure(sample.data);
  const known = estimateBitRate({
    codec: track.codec,
    channels: track.channels,
    sampleRate: measure.rate,
    packetBytes: sample.data.byteLength,
    packetSamples,
    statedBitRate: statedBitRate(info, track.id, sourceBytes) ?? track.bitRate,
  });
  return { ...known, samplesPerSecond: packetSamples === undefined ? 0 : measure.rate / packetSamples };
}
