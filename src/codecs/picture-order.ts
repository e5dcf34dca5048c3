import type { VideoTrack } from '../media/track.js';
import { createAvcPictureOrder } from './h264/order-pictures.js';

/** A picture's place in the order in which pictures are shown. */
export interface PictureOrder {
  /** PicOrderCnt: of two pictures of a sequence the one with the lower is shown first. */
  readonly count: number;
  /** The picture begins a coded video sequence: all that was decoded before is shown before it. */
  readonly beginsSequence: boolean;
  /** The most pictures that can precede another in decode order and follow it in the order of showing. */
  readonly reorderDepth: number;
}

/**
 * Tells the place of a track's pictures, each asked for once, in decode order. A sample may be cut off behind its first
 * slice's header.
 * @returns undefined for a sample that holds no picture that can be placed.
 */
export type OrderPicture = (data: Uint8Array) => PictureOrder | undefined;

/**
 * Makes what tells the order of a track's pictures.
 * @returns undefined for codecs that do not state it in their pictures.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when the private data break the codec's
 * rules.
 */
export function createPictureOrder(track: VideoTrack): OrderPicture | undefined {
  return track.codec === 'h264' ? createAvcPictureOrder(track.codecPrivate) : undefined;
}
