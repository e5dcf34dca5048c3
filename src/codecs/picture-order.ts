/** A picture's place in the order in which pictures are shown. */
export interface PictureOrder {
  /** PicOrderCnt: of two pictures of a sequence the one with the lower is shown first. */
  readonly count: number;
  /** The picture begins a coded video sequence: all that was decoded before is shown before it. */
  readonly beginsSequence: boolean;
  /** The most pictures that can precede another in decode order and follow it in the order of showing. */
  readonly reorderDepth: number;
  /** The sample holds no picture of its own: decoding cannot begin at it, whatever its container says. */
  readonly isEmpty?: boolean | undefined;
}

/**
 * Tells the place of a track's pictures, each asked for once, in decode order. A sample may be cut off behind its first
 * slice's header.
 * @returns undefined for a sample that holds no picture that can be placed.
 */
export type OrderPicture = (data: Uint8Array) => PictureOrder | undefined;
