import type { Spread } from './statistics.js';

/** One line of a table. */
export interface Result {
  /** What was done. */
  readonly name: string;
  /** What is counted; of milliseconds and mebibytes fewer are better, of the others more. */
  readonly unit:
    | 'MB/s'
    | 'x real time'
    | 'frames/s'
    | 'ms'
    | 'MiB'
    | 'bytes a byte'
    | 'reads'
    | 'kbit/s'
    | 'dB'
    | 'a second'
    | 'count';
  /** What segmint took. */
  readonly segmint: Spread;
  /** What ffmpeg took, where there is one and it can do that. */
  readonly ffmpeg?: Spread;
  /** How many times better than ffmpeg it is meant to be. */
  readonly goal?: number;
  /** What segmint's own figure is meant to be at most, where that is the goal. */
  readonly limit?: number;
  /** The spread is shown by its median and its 95th percentile. */
  readonly isTail?: boolean;
  /** Largest resident memory of segmint's process and its engines, added up. */
  readonly segmintPeakBytes?: number | undefined;
  /** Largest resident memory of ffmpeg's process. */
  readonly ffmpegPeakBytes?: number | undefined;
}

const rates: ReadonlySet<Result['unit']> = new Set(['MB/s', 'x real time', 'frames/s', 'a second']);

/** How many times better than ffmpeg segmint is; undefined where that cannot be said: bits and quality go together. */
export function ratioOf({ unit, segmint, ffmpeg }: Result): number | undefined {
  if (ffmpeg === undefined || unit === 'kbit/s' || unit === 'dB') return undefined;
  return !rates.has(unit) ? ffmpeg.median / segmint.median : segmint.median / ffmpeg.median;
}
