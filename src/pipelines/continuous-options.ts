import { DEFAULT_AUDIO_OUTPUT, SURROUND_AUDIO_OUTPUT, type AudioOutput } from '../engine/audio-job.js';
import type { EnginePool } from '../engine/pool.js';
import { DEFAULT_VIDEO_OUTPUT, type VideoOutput } from '../engine/video-output.js';
import { RequestError } from '../errors.js';
import type { TrackChoice } from './choose-tracks.js';
import type { DecisionRequest } from './decide.js';
import { browserTarget, type PlayerTarget } from './player-target.js';
import type { StreamSummary } from './stream-report.js';

/** Options of {@link streamTranscodeFmp4}. */
export interface ContinuousOptions {
  /**
   * Where to begin, in milliseconds of the source's timeline, which begins at 0. The stream begins at the last picture at
   * or before this that playing can begin at; without video, right there. 0 by default.
   */
  readonly startMs?: number | undefined;
  /** How much to send, in milliseconds from where the stream really begins; all by default. */
  readonly maxDurationMs?: number | undefined;
  /** Number of the video track in the source, or `none`; by default the file's own choice. */
  readonly videoTrack?: TrackChoice;
  /** Number of the audio track in the source, or `none`; by default the file's own choice. */
  readonly audioTrack?: TrackChoice;
  /** `auto` (default) copies what the target plays; `copy` copies whatever MP4 can hold. */
  readonly video?: 'auto' | 'copy' | undefined;
  /** `auto` (default) copies what the target plays and encodes the rest as AAC; `copy` copies; `aac` always encodes. */
  readonly audio?: 'auto' | 'copy' | 'aac' | undefined;
  /** Channels of encoded audio: 2 (default) or 6. */
  readonly audioChannels?: 2 | 6 | undefined;
  /** Bits a second of encoded audio; 192,000 for stereo and 384,000 for 5.1 by default. */
  readonly audioBitRate?: number | undefined;
  /** `zero` (default) lets the output's times begin at zero; `absolute` keeps the source's. */
  readonly timeline?: 'zero' | 'absolute' | undefined;
  /** What the player can decode; what current browsers can, by default. */
  readonly target?: PlayerTarget | undefined;
  /** Engines that encode audio. Without any, the stream starts its own when it needs them and ends them when it ends. */
  readonly engine?: EnginePool | undefined;
  /** Whether the source is closed when the stream ends; true by default. */
  readonly closeSource?: boolean | undefined;
  /**
   * Lets the stream write again into memory that it handed out before: a list that {@link Fmp4Stream.chunks} gave must not
   * be read any more once the list after the next one is asked for. Reading as fast as a pipe takes it, this halves the
   * memory and the work. False by default: what was handed out stays as it is.
   */
  readonly reuseMemory?: boolean | undefined;
  /** Receives the structured record of the stream when it has ended. */
  readonly log?: ((summary: StreamSummary) => void) | undefined;
  /** Ends the stream: reading it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options with every default filled in. */
export interface ResolvedOptions extends DecisionRequest {
  /** Where to begin, in milliseconds. */
  readonly startMs: number;
  /** How much to send, in milliseconds. */
  readonly maxDurationMs: number | undefined;
  /** Which video track. */
  readonly videoTrack: TrackChoice;
  /** Which audio track. */
  readonly audioTrack: TrackChoice;
  /** What encoded audio becomes. */
  readonly audioOutput: AudioOutput;
  /** What encoded video becomes. */
  readonly videoOutput: VideoOutput;
  /** From when the output's times count. */
  readonly timeline: 'zero' | 'absolute';
  /** Where the output begins on its own timeline, in milliseconds; undefined where `timeline` says. */
  readonly startDecodeTimeMs: number | undefined;
  /** Whether the init segment is sent. */
  readonly emitInitSegment: boolean;
}

const lowestBitRate = 32_000;
const highestBitRate = 512_000;

/**
 * Fills in the defaults.
 * @throws {RequestError} when a value makes no sense.
 */
export function resolveOptions(options: ContinuousOptions): ResolvedOptions {
  const startMs = options.startMs ?? 0;
  if (!(startMs >= 0 && startMs <= Number.MAX_SAFE_INTEGER / 1e6)) {
    throw new RequestError(`A stream cannot start at ${startMs} ms.`);
  }
  const { maxDurationMs } = options;
  if (maxDurationMs !== undefined && !(maxDurationMs > 0 && maxDurationMs <= Number.MAX_SAFE_INTEGER / 1e6)) {
    throw new RequestError(`A stream cannot last ${maxDurationMs} ms.`);
  }
  return {
    startMs,
    maxDurationMs,
    videoTrack: options.videoTrack,
    audioTrack: options.audioTrack,
    video: options.video ?? 'auto',
    audio: options.audio ?? 'auto',
    audioOutput: audioOutputOf(options),
    videoOutput: DEFAULT_VIDEO_OUTPUT,
    timeline: options.timeline ?? 'zero',
    startDecodeTimeMs: undefined,
    emitInitSegment: true,
    target: options.target ?? browserTarget,
  };
}

function audioOutputOf({ audioChannels, audioBitRate }: ContinuousOptions): AudioOutput {
  const base = audioChannels === 6 ? SURROUND_AUDIO_OUTPUT : DEFAULT_AUDIO_OUTPUT;
  if (audioBitRate === undefined) return base;
  if (!(audioBitRate >= lowestBitRate && audioBitRate <= highestBitRate)) {
    throw new RequestError(
      `An audio bit rate is ${lowestBitRate} to ${highestBitRate} bits a second, not ${audioBitRate}.`,
    );
  }
  return { ...base, bitRate: Math.round(audioBitRate) };
}
