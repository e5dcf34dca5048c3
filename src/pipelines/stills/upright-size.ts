import type { VideoTrack } from '../../media/track.js';

/** Pixels across and down; both even, as those of pictures in 4:2:0 are. */
export interface StillSize {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
}

/**
 * Tells the size at which a track's pictures fit a box when they are shown: upright, with square pixels, and never enlarged.
 * @param track - as its container describes it.
 * @param box - the most there is room for.
 * @returns the box itself where the container does not say how large the pictures are.
 */
export function fitUpright(
  track: Pick<VideoTrack, 'width' | 'height' | 'pixelAspectRatio' | 'rotation'>,
  box: StillSize,
): StillSize {
  const { width, height, rotation } = track;
  if (width < 1 || height < 1) return box;
  const [horizontal, vertical] = track.pixelAspectRatio;
  const shown = horizontal > 0 && vertical > 0 ? (width * horizontal) / vertical : width;
  const [across, down] = rotation === 90 || rotation === 270 ? [height, shown] : [shown, height];
  const scale = Math.min(1, box.width / across, box.height / down);
  return { width: even(across * scale), height: even(down * scale) };
}

function even(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}
