import { DEFAULT_VIDEO_OUTPUT, type VideoOutput } from '../engine/video-output.js';
import { RequestError } from '../errors.js';
import { resolveOptions, type ContinuousOptions, type ResolvedOptions } from './continuous-options.js';

/** Options of {@link streamTranscodeUniversal}. */
export interface UniversalOptions extends Omit<ContinuousOptions, 'video'> {
  /** `auto` (default) copies what the target plays and encodes the rest as H.264; `copy` copies whatever MP4 can hold. */
  readonly video?: 'auto' | 'copy' | 'h264' | undefined;
  /** Encodes the video anew also where it could be copied: the same as `h264` for `video`. False by default. */
  readonly forceVideoReencode?: boolean | undefined;
  /** Encodes with x264 also where the machine has something faster. False by default. */
  readonly forceSoftwareEncode?: boolean | undefined;
  /** Whether the stream begins with the init segment; true by default. Without it the fragments go behind another's. */
  readonly emitInitSegment?: boolean | undefined;
  /** Decode time of the output's beginning, in milliseconds; overrules `timeline`. */
  readonly startDecodeTimeMs?: number | undefined;
  /** x264's constant rate factor for encoded video, 1 to 51: lower is better. 21 by default. */
  readonly crf?: number | undefined;
  /** The most bits a second of encoded video; by default what its size asks for. */
  readonly maxBitRate?: number | undefined;
  /** x264's preset for encoded video; `veryfast` by default. */
  readonly preset?: VideoOutput['preset'] | undefined;
  /** The most pixels down. A higher picture is scaled to it, and so encoded anew. */
  readonly height?: number | undefined;
}

/**
 * Fills in the defaults.
 * @throws {RequestError} when a value makes no sense.
 */
export function resolveUniversalOptions(options: UniversalOptions): ResolvedOptions {
  const { video, forceVideoReencode, startDecodeTimeMs, height } = options;
  if (forceVideoReencode === true && video === 'copy') {
    throw new RequestError('Video cannot be both copied and encoded anew.');
  }
  if (
    startDecodeTimeMs !== undefined &&
    !(startDecodeTimeMs >= 0 && startDecodeTimeMs <= Number.MAX_SAFE_INTEGER / 1e6)
  ) {
    throw new RequestError(`A stream cannot be placed at ${startDecodeTimeMs} ms.`);
  }
  const resolved = resolveOptions({ ...options, video: video === 'copy' ? 'copy' : 'auto' });
  return {
    ...resolved,
    video: forceVideoReencode === true ? 'h264' : (video ?? 'auto'),
    mayEncodeVideo: true,
    height,
    videoOutput: videoOutputOf(options),
    emitInitSegment: options.emitInitSegment ?? true,
    startDecodeTimeMs,
  };
}

function videoOutputOf({
  crf = DEFAULT_VIDEO_OUTPUT.crf,
  preset = DEFAULT_VIDEO_OUTPUT.preset,
  maxBitRate,
  height,
  forceSoftwareEncode,
}: UniversalOptions): VideoOutput {
  if (!(crf >= 1 && crf <= 51)) throw new RequestError(`A constant rate factor is 1 to 51, not ${crf}.`);
  if (maxBitRate !== undefined && !(maxBitRate >= 10_000 && maxBitRate <= 300_000_000)) {
    throw new RequestError(`A video bit rate is 10000 to 300000000 bits a second, not ${maxBitRate}.`);
  }
  if (height !== undefined && !(Number.isInteger(height) && height >= 16 && height <= 8192)) {
    throw new RequestError(`A picture is 16 to 8192 pixels high, not ${height}.`);
  }
  return {
    ...DEFAULT_VIDEO_OUTPUT,
    crf,
    preset,
    ...(maxBitRate === undefined ? {} : { maxBitRate: Math.round(maxBitRate) }),
    ...(height === undefined ? {} : { height }),
    ...(forceSoftwareEncode === true ? { encoder: 'libx264' } : {}),
  };
}
