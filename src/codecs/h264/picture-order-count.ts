import type { PictureOrder } from '../picture-order.js';
import type { AvcSliceHeader } from './slice-header.js';
import type { AvcPictureOrder, AvcSequenceParameterSet } from './sps.js';

/** A pair of order counts, of the two fields. */
interface FieldOrder {
  readonly top: number;
  readonly bottom: number;
}

/**
 * Counts pictures as a decoder does. It needs every reference picture from a random access point on; counts before the
 * first IDR picture are right among themselves only.
 * @see ITU-T H.264, section 8.2.1
 */
export class AvcPictureOrderCounter {
  /** prevPicOrderCntMsb and prevPicOrderCntLsb. */
  #previousMsb = 0;
  #previousLsb = 0;
  /** prevFrameNum and prevFrameNumOffset. */
  #previousFrameNum = 0;
  #frameNumOffset = 0;
  /** The picture before it carried memory_management_control_operation 5. */
  #wasReset = false;

  /**
   * Takes the first slice of the next picture in decode order.
   * @param header - its header.
   * @param sps - the sequence parameter set that it refers to.
   */
  next(header: AvcSliceHeader, sps: AvcSequenceParameterSet): Omit<PictureOrder, 'reorderDepth'> {
    const order = this.#orderOf(header, sps);
    const { structure } = header;
    const stated =
      structure === 'top'
        ? order.top
        : structure === 'bottom'
          ? order.bottom
          : Math.min(order.top, order.bottom);
    if (header.resetsMemory) this.#reset(header, order);
    this.#wasReset = header.resetsMemory;
    // After the reset the picture itself counts as zero, and it opens what follows.
    return {
      count: header.resetsMemory ? 0 : stated,
      beginsSequence: header.isIdr || header.resetsMemory,
    };
  }

  #orderOf(header: AvcSliceHeader, sps: AvcSequenceParameterSet): FieldOrder {
    const { pictureOrder } = sps;
    if (pictureOrder.type === 0) return this.#fromLsb(header, pictureOrder.lsbBits);
    const offset = this.#advanceFrameNum(header, 2 ** sps.frameNumBits);
    return pictureOrder.type === 1 ? fromCycle(header, pictureOrder, offset) : inDecodeOrder(header, offset);
  }

  /** @see ITU-T H.264, section 8.2.1.1 */
  #fromLsb(
    { isIdr, isReference, structure, orderLsb, bottomDelta }: AvcSliceHeader,
    bits: number,
  ): FieldOrder {
    const span = 2 ** bits;
    if (isIdr) this.#previousMsb = this.#previousLsb = 0;
    let msb = this.#previousMsb;
    if (orderLsb < this.#previousLsb && this.#previousLsb - orderLsb >= span / 2) msb += span;
    else if (orderLsb > this.#previousLsb && orderLsb - this.#previousLsb > span / 2) msb -= span;
    if (isReference) {
      this.#previousMsb = msb;
      this.#previousLsb = orderLsb;
    }
    const first = msb + orderLsb;
    return { top: first, bottom: structure === 'frame' ? first + bottomDelta : first };
  }

  /** FrameNumOffset: how often frame_num has begun anew, in frames. */
  #advanceFrameNum({ isIdr, frameNum }: AvcSliceHeader, maxFrameNum: number): number {
    if (isIdr) this.#frameNumOffset = 0;
    else if (this.#wasReset) this.#frameNumOffset = 0;
    else if (this.#previousFrameNum > frameNum) this.#frameNumOffset += maxFrameNum;
    this.#previousFrameNum = frameNum;
    return this.#frameNumOffset;
  }

  /** What the next picture takes for the one before it: one that was moved to zero. */
  #reset({ structure }: AvcSliceHeader, order: FieldOrder): void {
    this.#previousMsb = 0;
    this.#previousLsb = structure === 'frame' ? order.top - Math.min(order.top, order.bottom) : 0;
    this.#previousFrameNum = 0;
    this.#frameNumOffset = 0;
  }
}

/** @see ITU-T H.264, section 8.2.1.2 */
function fromCycle(
  { frameNum, isReference, structure, deltas }: AvcSliceHeader,
  order: Extract<AvcPictureOrder, { readonly type: 1 }>,
  frameNumOffset: number,
): FieldOrder {
  const offsets = order.offsetsForReferenceFrames;
  let absolute = offsets.length === 0 ? 0 : frameNumOffset + frameNum;
  if (!isReference && absolute > 0) absolute -= 1;
  let expected = 0;
  if (absolute > 0) {
    const cycles = Math.floor((absolute - 1) / offsets.length);
    const within = (absolute - 1) % offsets.length;
    const sum = (list: readonly number[]): number => list.reduce((total, offset) => total + offset, 0);
    expected = cycles * sum(offsets) + sum(offsets.slice(0, within + 1));
  }
  if (!isReference) expected += order.offsetForNonReference;
  const [first, second] = deltas;
  const top = expected + first;
  // A bottom field alone has no top field to differ from.
  return { top, bottom: top + order.offsetTopToBottom + (structure === 'frame' ? second : 0) };
}

/** @see ITU-T H.264, section 8.2.1.3 */
function inDecodeOrder({ isIdr, frameNum, isReference }: AvcSliceHeader, frameNumOffset: number): FieldOrder {
  const count = isIdr ? 0 : 2 * (frameNumOffset + frameNum) - (isReference ? 0 : 1);
  return { top: count, bottom: count };
}
