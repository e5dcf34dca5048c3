import type { VideoTrack } from '../../media/track.js';
import { fitUpright, type StillSize } from './upright-size.js';

/** One thumbnail: what is shown of a stretch of time, and where it stands. */
export interface Thumbnail {
  /** Which of the keyframes it shows. */
  readonly keyframe: number;
  /** Start of the stretch in milliseconds. */
  readonly startMs: number;
  /** Its end. */
  readonly endMs: number;
  /** Number of its sprite, from 0. */
  readonly sprite: number;
  /** Left side of its tile, in pixels. */
  readonly x: number;
  /** Upper side of its tile. */
  readonly y: number;
}

/** Which thumbnails a video has, and how they are laid out in sprites. */
export interface ThumbnailLayout {
  /** Size of each tile. */
  readonly tile: StillSize;
  /** Sizes of the sprites: all but the last are full. */
  readonly sprites: readonly StillSize[];
  /** In order of time; each stretch begins where the one before it ends. */
  readonly thumbnails: readonly Thumbnail[];
}

/** A tile is no larger; that of a phone's video, which stands upright, is limited by its height. */
const LARGEST_TILE: StillSize = { width: 240, height: 180 };

/** Tiles of a sprite, across and down: 25 are some 150 KB, and at most 25 pictures are decoded before one is shown. */
const COLUMNS = 5;
const ROWS = 5;

/** More would be nearer to each other than the pixels of a time bar. */
const MOST_THUMBNAILS = 200;

/** Thumbnails closer to each other show much the same, in milliseconds. */
const LEAST_INTERVAL_MS = 2000;

/**
 * Chooses thumbnails among the keyframes of a video: the first, and then each that is far enough behind the one before, as
 * segments are planned. What is shown of a time is the last keyframe chosen that is not after it.
 * @param keyframesMs - when the keyframes are shown, rising; at least one.
 * @param durationMs - where the last stretch ends.
 * @param track - says the shape of the pictures.
 */
export function layThumbnails(
  keyframesMs: readonly number[],
  durationMs: number,
  track: Pick<VideoTrack, 'width' | 'height' | 'pixelAspectRatio' | 'rotation'>,
): ThumbnailLayout {
  const tile = fitUpright(track, LARGEST_TILE);
  const intervalMs = Math.max(LEAST_INTERVAL_MS, durationMs / MOST_THUMBNAILS);
  const chosen: number[] = [];
  for (const [keyframe, timeMs] of keyframesMs.entries()) {
    const last = chosen.at(-1);
    if (last === undefined || timeMs >= keyframesMs[last]! + intervalMs) chosen.push(keyframe);
  }
  const startOf = (place: number): number => {
    if (place === 0) return 0;
    return place < chosen.length ? Math.round(keyframesMs[chosen[place]!]!) : Math.round(durationMs);
  };
  const thumbnails = chosen.map((keyframe, place): Thumbnail => {
    const onSprite = place % (COLUMNS * ROWS);
    return {
      keyframe,
      startMs: startOf(place),
      endMs: Math.max(startOf(place) + 1, startOf(place + 1)),
      sprite: Math.floor(place / (COLUMNS * ROWS)),
      x: (onSprite % COLUMNS) * tile.width,
      y: Math.floor(onSprite / COLUMNS) * tile.height,
    };
  });
  return { tile, sprites: sizesOf(thumbnails, tile), thumbnails };
}

function sizesOf(thumbnails: readonly Thumbnail[], tile: StillSize): StillSize[] {
  const sizes: StillSize[] = [];
  for (const { sprite, x, y } of thumbnails) {
    const { width = 0, height = 0 } = sizes[sprite] ?? {};
    sizes[sprite] = { width: Math.max(width, x + tile.width), height: Math.max(height, y + tile.height) };
  }
  return sizes;
}
