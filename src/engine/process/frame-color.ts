import type { Frame } from 'node-av/lib';
import { AVCOL_RANGE_JPEG, AVCOL_RANGE_MPEG } from 'node-av/constants';
import type { VideoColor } from '../../media/track.js';

/** What a frame says of its colour; `fullRange` is undefined where it does not say. */
export function readFrameColor(frame: Frame): VideoColor {
  const { colorRange } = frame;
  return {
    primaries: frame.colorPrimaries,
    transfer: frame.colorTrc,
    matrix: frame.colorSpace,
    fullRange: colorRange === AVCOL_RANGE_JPEG ? true : colorRange === AVCOL_RANGE_MPEG ? false : undefined,
  };
}

/** Makes a frame say what its colour is. */
export function writeFrameColor(frame: Frame, color: VideoColor): void {
  frame.colorPrimaries = color.primaries as never;
  frame.colorTrc = color.transfer as never;
  frame.colorSpace = color.matrix as never;
  frame.colorRange = colorRangeOf(color) as never;
}

/** libavutil's number of a range. */
export function colorRangeOf(color: VideoColor): number {
  return color.fullRange === true ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
}
