import type { AudioConfiguration, VideoConfiguration } from '../codecs/configuration.js';
import type { EnginePool } from '../engine/pool.js';
import type { Attachment, Chapter, Tag } from '../media/media-info.js';
import type { Sample } from '../media/sample.js';
import type { ReadOptions, Source } from '../media/source.js';
import type { AudioTrack, Track, TrackRole, VideoTrack } from '../media/track.js';
import { recognizeFrameRate } from '../time/frame-rate.js';
import {
  decideAudio,
  decideSubtitle,
  decideVideo,
  mayHidePictures,
  type ConfiguredDecision,
  type DecisionRequest,
} from './decide.js';
import { statedPixelAspectRatio } from './declare-video.js';
import { LazyEngines } from './lazy-engines.js';
import { openDemuxer } from './open-demuxer.js';
import { browserTarget } from './player-target.js';
import { findRefusedSound } from './refused-sound.js';
import { SampleFeed } from './sample-feed.js';
import type { SourceDemuxer } from './source-demuxer.js';
import { describeSubtitles, type SubtitleDescription } from './subtitles/describe-subtitles.js';
import { withoutClosing } from './without-closing.js';

/** How far is read for the first sample of every track. */
const peekBytes = 4 * 1024 * 1024;

/** What a person or a program may want to know of one track. */
export interface TrackDescription {
  /** Number of the track in the source. */
  readonly id: number;
  /** The kind. */
  readonly type: 'video' | 'audio' | 'subtitle';
  /** The codec, as libavcodec calls it; `unknown` when no table knows it. */
  readonly codec: string;
  /** What the container calls it. */
  readonly codecTag: string;
  /** RFC 6381 codec string; undefined when MP4 cannot hold the track as it is. */
  readonly codecString: string | undefined;
  /** BCP-47 language tag. */
  readonly language: string;
  /** The track's title. */
  readonly name: string | undefined;
  /** To be chosen when the viewer has not said otherwise. */
  readonly isDefault: boolean;
  /** To be shown even when the viewer wants no subtitles. */
  readonly isForced: boolean;
  /** What the container says that it is for; empty as a rule. */
  readonly roles: readonly TrackRole[];
  /** Of a video track. */
  readonly video: VideoDescription | undefined;
  /** Of an audio track. */
  readonly audio: AudioDescription | undefined;
  /** What becomes of the track. */
  readonly action: 'copy' | 'transcode' | 'drop';
  /** Why. */
  readonly reason: string;
}

/** What is shown of a video track. */
export interface VideoDescription {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Pixel shape, horizontal over vertical. */
  readonly pixelAspectRatio: readonly [number, number];
  /** Degrees, clockwise, by which the picture is turned to be shown upright. */
  readonly rotation: number;
  /** Frames a second, where the container states a constant rate. */
  readonly framesPerSecond: number | undefined;
  /** Bits a luma sample; undefined when the bitstream was not understood. */
  readonly bitDepth: number | undefined;
  /** Chroma subsampling; undefined when the bitstream was not understood. */
  readonly chroma: string | undefined;
  /** `SDR`, `PQ` or `HLG`, from the transfer characteristics. */
  readonly range: 'SDR' | 'PQ' | 'HLG';
  /** There is a Dolby Vision configuration. */
  readonly hasDolbyVision: boolean;
}

/** What is shown of an audio track. */
export interface AudioDescription {
  /** Samples a second, after decoding. */
  readonly sampleRate: number;
  /** Channels. */
  readonly channels: number;
  /** Bits a sample, where stated. */
  readonly bitDepth: number | undefined;
}

/** What a person or a program may want to know of a source before playing it. */
export interface MediaDescription {
  /** Name of the source. */
  readonly source: string;
  /** `matroska`, `webm` or `mp4`. */
  readonly container: string;
  /** Size in bytes, where it is known. */
  readonly size: number | undefined;
  /** Duration in milliseconds, where a believable one is stated. */
  readonly durationMs: number | undefined;
  /** The file's title. */
  readonly title: string | undefined;
  /** The program that wrote the file. */
  readonly writingApp: string | undefined;
  /** Tracks in stored order, each with what becomes of it. */
  readonly tracks: readonly TrackDescription[];
  /** Those of them that can be had as subtitles, and how. */
  readonly subtitles: readonly SubtitleDescription[];
  /** Chapters of the default edition. */
  readonly chapters: readonly Chapter[];
  /** Tags. */
  readonly tags: readonly Tag[];
  /** Attached files. */
  readonly attachments: readonly Attachment[];
  /** There is a cover: a picture of the whole, among the attachments or in tags. */
  readonly hasCover: boolean;
}

/** Options of {@link describeMedia}. */
export interface DescribeOptions extends ReadOptions, Partial<DecisionRequest> {
  /** Engines that tell what a decoder refuses. Without any, own ones are started where that is in doubt, and ended. */
  readonly engine?: EnginePool | undefined;
}

/**
 * Says what a source holds and, for each track, what would become of it and why. Reads the head of the
 * source and the first sample of each track. Does not close the source.
 * @param source - where the bytes come from.
 * @param options - what the target plays, what is asked for, and a signal.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError | SourceError} when the source cannot be
 * understood or read.
 */
export async function describeMedia(
  source: Source,
  options: DescribeOptions = {},
): Promise<MediaDescription> {
  const { signal } = options;
  const base: DecisionRequest = {
    target: options.target ?? browserTarget,
    video: options.video ?? 'auto',
    audio: options.audio ?? 'auto',
    mayEncodeVideo: options.mayEncodeVideo ?? true,
    height: options.height,
  };
  const { demuxer, source: opened } = await openDemuxer(withoutClosing(source), {
    signal,
    includeChapters: true,
    mayHidePictures: mayHidePictures(base),
  });
  await using _opened = opened;
  const { info } = demuxer;
  const firstSamples = await peekFirstSamples(demuxer, signal);
  const refusedSound = await findRefused(info.tracks, firstSamples, base, options);
  const request: DecisionRequest = { ...base, refusedSound };
  return {
    source: source.name,
    container: info.container,
    size: source.size,
    durationMs: info.durationNs === undefined ? undefined : info.durationNs / 1e6,
    title: info.title,
    writingApp: info.writingApp,
    tracks: info.tracks.map((track) => describeTrack(track, firstSamples.get(track.id), request)),
    subtitles: describeSubtitles(info.tracks),
    chapters: info.chapters,
    tags: info.tags,
    attachments: info.attachments,
    hasCover:
      info.hasPicture === true || info.attachments.some(({ mediaType }) => mediaType.startsWith('image/')),
  };
}

/** Finds the first sample of each track that could be sent; gives back all that was opened. */
async function peekFirstSamples(
  demuxer: SourceDemuxer,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Sample>> {
  const { tracks } = demuxer.info;
  const playable = new Set(tracks.filter((track) => track.type !== 'subtitle').map((track) => track.id));
  try {
    await using feed = new SampleFeed(demuxer, { signal, trackIds: playable });
    return await feed.peekFirst(playable, peekBytes);
  } finally {
    await demuxer.close();
  }
}

/** Finds the sound that would be encoded, had its decoder not refused it. */
async function findRefused(
  tracks: readonly Track[],
  firstSamples: ReadonlyMap<number, Sample>,
  request: DecisionRequest,
  { engine, signal }: DescribeOptions,
): Promise<ReadonlyMap<number, string>> {
  const sound = tracks.flatMap((track) => {
    const packet = firstSamples.get(track.id)?.data;
    if (track.type !== 'audio' || packet === undefined) return [];
    const { action, configuration } = decideAudio(track, packet, request);
    return action === 'transcode' ? [{ track, packet, configuration }] : [];
  });
  await using engines = new LazyEngines(engine);
  return await findRefusedSound(engines, sound, signal);
}

function describeTrack(
  track: Track,
  firstSample: Sample | undefined,
  request: DecisionRequest,
): TrackDescription {
  const { id, type, codec, codecTag, language, name, isDefault, isForced, roles = [] } = track;
  const common = { id, type, codec, codecTag, language, name, isDefault, isForced, roles };
  switch (track.type) {
    case 'video': {
      const { configuration, action, reason } = decideVideo(track, firstSample?.data, request);
      const video = describeVideo(track, configuration);
      return { ...common, codecString: configuration?.codecString, video, audio: undefined, action, reason };
    }
    case 'audio': {
      const decision: ConfiguredDecision<AudioConfiguration> = decideAudio(track, firstSample?.data, request);
      const { configuration, action, reason } = decision;
      const audio = describeAudio(track, configuration);
      return { ...common, codecString: configuration?.codecString, video: undefined, audio, action, reason };
    }
    case 'subtitle':
      return {
        ...common,
        codecString: undefined,
        video: undefined,
        audio: undefined,
        ...decideSubtitle(track),
      };
  }
}

/** Says what a viewer would want to know of a video track, by its bitstream where the container is silent. */
function describeVideo(track: VideoTrack, config: VideoConfiguration | undefined): VideoDescription {
  const rate =
    track.defaultDuration === undefined
      ? undefined
      : recognizeFrameRate((track.defaultDuration * 1e9) / track.timescale);
  const color = track.color ?? config?.color;
  return {
    width: config?.width ?? track.width,
    height: config?.height ?? track.height,
    pixelAspectRatio: statedPixelAspectRatio(track) ?? config?.pixelAspectRatio ?? [1, 1],
    rotation: track.rotation,
    framesPerSecond: rate && rate.numerator / rate.denominator,
    bitDepth: config?.bitDepth,
    chroma: config?.chroma,
    range: color?.transfer === 16 ? 'PQ' : color?.transfer === 18 ? 'HLG' : 'SDR',
    hasDolbyVision: track.dolbyVision !== undefined || config?.dolbyVision !== undefined,
  };
}

/** Says what a viewer would want to know of an audio track. */
function describeAudio(track: AudioTrack, config: AudioConfiguration | undefined): AudioDescription {
  return {
    sampleRate: config?.sampleRate ?? track.outputSampleRate ?? track.sampleRate,
    channels: config?.channels ?? track.channels,
    bitDepth: track.bitDepth,
  };
}
