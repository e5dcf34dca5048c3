/** Level, and the largest picture and rate that it allows. VP9 levels, as published by the WebM project. */
const levels: readonly (readonly [level: number, lumaRate: number, lumaSize: number, dimension: number])[] = [
  [10, 829440, 36864, 512],
  [11, 2764800, 73728, 768],
  [20, 4608000, 122880, 960],
  [21, 9216000, 245760, 1344],
  [30, 20736000, 552960, 2048],
  [31, 36864000, 983040, 2752],
  [40, 83558400, 2228224, 4160],
  [41, 160432128, 2228224, 4160],
  [50, 311951360, 8912896, 8384],
  [51, 588251136, 8912896, 8384],
  [52, 1176502272, 8912896, 8384],
  [60, 1176502272, 35651584, 16832],
  [61, 2353004544, 35651584, 16832],
  [62, 4706009088, 35651584, 16832],
];

/** Assumed where no rate is stated: no common material is faster in a small picture, and decoders do not check. */
const assumedRate = 30;

/**
 * The lowest level that a picture size and rate fit, for streams that do not state theirs. The bit rate, which a level
 * limits too, is not known in advance.
 * @param framesPerSecond - undefined when not known.
 * @returns ten times the level's number.
 */
export function vp9LevelFor(width: number, height: number, framesPerSecond: number | undefined): number {
  const size = width * height;
  const rate = size * (framesPerSecond ?? assumedRate);
  const found = levels.find(
    ([, maxRate, maxSize, maxDimension]) =>
      rate <= maxRate && size <= maxSize && Math.max(width, height) <= maxDimension,
  );
  return found?.[0] ?? 62;
}
