import type { Spread } from './statistics.js';

/** One line of a table. */
export interface Result {
  /** What was done. */
  readonly name: string;
  /** What is counted; of milliseconds and mebibytes fewer are better, of the others more. */
  readonly unit: 'MB/s' | 'x real time' | 'ms' | 'MiB' | 'bytes a byte' | 'reads';
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
  /** Largest resident memory of segmint's process. */
  readonly segmintPeakBytes?: number | undefined;
  /** Largest resident memory of ffmpeg's process. */
  readonly ffmpegPeakBytes?: number | undefined;
}

/** How many times better than ffmpeg segmint is. */
export function ratioOf({ unit, segmint, ffmpeg }: Result): number | undefined {
  if (ffmpeg === undefined) return undefined;
  const fewerIsBetter = unit !== 'MB/s' && unit !== 'x real time';
  return fewerIsBetter ? ffmpeg.median / segmint.median : segmint.median / ffmpeg.median;
}
