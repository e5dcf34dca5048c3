import { DEFAULT_VIDEO_OUTPUT, maxBitRateOf } from '../../src/engine/video-output.js';
import { VERYFAST_LOOKAHEAD } from '../../src/engine/process/x264-setup.js';
import type { PictureFile } from './pictures.js';
import { ffmpeg, fragmentedMp4, segmint, type Command } from './program.js';

/** What is asked of an encoder beside the defaults. */
export interface Wish {
  /** The source. */
  readonly file: PictureFile;
  /** Pixels down; the source's by default. */
  readonly height?: number | undefined;
  /** Seconds from one key frame to the next, of ffmpeg. */
  readonly keyframeSeconds: number;
}

/** The filters that make of a source's frames what is encoded. */
export function filtersOf({ file, height }: Pick<Wish, 'file' | 'height'>): string {
  return [
    ...(file.isInterlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    ...(height === undefined ? [] : [`scale=-2:${height}:flags=bicubic`]),
    'format=yuv420p',
  ].join(',');
}

/**
 * ffmpeg's options for what segmint makes by default: the same filters, encoder, preset, lookahead, quality and cap of the bit
 * rate, with as many threads as it likes.
 */
export function encodingOptions(wish: Wish): string[] {
  const { file, height = file.height, keyframeSeconds } = wish;
  const { preset, crf } = DEFAULT_VIDEO_OUTPUT;
  const width = Math.round((file.width * height) / file.height / 2) * 2;
  const cap = maxBitRateOf(width, height, { numerator: file.rate, denominator: 1 });
  return [
    ...['-map', '0:v:0', '-vf', filtersOf(wish)],
    ...['-c:v', 'libx264', '-profile:v', 'high', '-preset', preset, '-crf', String(crf)],
    ...['-maxrate', String(cap), '-bufsize', String(2 * cap)],
    ...(preset === 'veryfast' ? ['-rc-lookahead', String(VERYFAST_LOOKAHEAD)] : []),
    ...['-g', String(Math.round(file.rate * keyframeSeconds))],
  ];
}

/** ffmpeg, encoding a whole file to a place. */
export function ffmpegEncode(wish: Wish, to: string): Command {
  return ffmpeg('-i', wish.file.path, ...encodingOptions(wish), ...fragmentedMp4, to);
}

/** The command, encoding a whole file to a place. */
export function segmintEncode({ file, height }: Omit<Wish, 'keyframeSeconds'>, to: string): Command {
  const scaled = height === undefined ? [] : ['--height', String(height)];
  return segmint('remux', file.path, '-o', to, '-f', '--video', 'h264', ...scaled);
}
