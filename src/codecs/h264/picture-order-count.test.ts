import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AvcPictureOrderCounter } from './picture-order-count.js';
import type { AvcSliceHeader } from './slice-header.js';
import type { AvcPictureOrder, AvcSequenceParameterSet } from './sps.js';

const REFERENCE: AvcSliceHeader = {
  isIdr: false,
  isReference: true,
  frameNum: 0,
  structure: 'frame',
  orderLsb: 0,
  bottomDelta: 0,
  deltas: [0, 0],
  resetsMemory: false,
};

function sequence(pictureOrder: AvcPictureOrder, frameNumBits = 4): AvcSequenceParameterSet {
  return { pictureOrder, frameNumBits } as AvcSequenceParameterSet;
}

function count(
  pictureOrder: AvcPictureOrder,
  headers: readonly Partial<AvcSliceHeader>[],
): readonly (number | string)[] {
  const counter = new AvcPictureOrderCounter();
  return headers.map((header) => {
    const order = counter.next({ ...REFERENCE, ...header }, sequence(pictureOrder));
    return order.beginsSequence ? `new ${order.count}` : order.count;
  });
}

describe('AvcPictureOrderCounter', () => {
  const lsb4 = { type: 0, lsbBits: 4 } as const;

  it('carries the low bits over in both directions, from reference pictures on', () => {
    assert.deepEqual(
      count(lsb4, [
        { isIdr: true },
        { orderLsb: 8 },
        { orderLsb: 4, isReference: false },
        { orderLsb: 0 },
        { orderLsb: 12, isReference: false },
        { orderLsb: 4, isReference: false },
        { orderLsb: 8 },
        { isIdr: true },
        // Pictures may be shown before the one that begins the sequence: its own count is 0 all the same.
        { orderLsb: 14 },
      ]),
      ['new 0', 8, 4, 16, 12, 20, 24, 'new 0', -2],
    );
  });

  it('takes the earlier field of a frame, and the field that a picture is', () => {
    assert.deepEqual(
      count(lsb4, [
        { isIdr: true },
        { orderLsb: 6, bottomDelta: -1 },
        { orderLsb: 2, structure: 'top' },
        { orderLsb: 3, structure: 'bottom' },
      ]),
      ['new 0', 5, 2, 3],
    );
  });

  it('begins anew where all pictures are forgotten', () => {
    assert.deepEqual(
      count(lsb4, [
        { isIdr: true },
        { orderLsb: 7 },
        // The picture itself counts as zero; its bottom field lay one behind its top.
        { orderLsb: 15, bottomDelta: -1, resetsMemory: true },
        { orderLsb: 3 },
        { orderLsb: 12 },
      ]),
      ['new 0', 7, 'new 0', 3, -4],
    );
  });

  it('follows the expected cycle of type 1', () => {
    // Two pictures for each reference frame: offsets of ITU-T H.264, section 8.2.1.2, worked out by hand.
    const cycle = {
      type: 1,
      isAlwaysExpected: false,
      offsetForNonReference: -2,
      offsetTopToBottom: 1,
      offsetsForReferenceFrames: [4, 6],
    } as const;
    assert.deepEqual(
      count(cycle, [
        { isIdr: true },
        { frameNum: 1 },
        { frameNum: 2, isReference: false },
        { frameNum: 2 },
        { frameNum: 3, deltas: [1, 0] },
        { frameNum: 4, structure: 'bottom' },
      ]),
      ['new 0', 4, 2, 10, 15, 21],
    );
  });

  it('counts on where frame numbers begin anew', () => {
    assert.deepEqual(
      count({ type: 2 }, [
        { isIdr: true },
        { frameNum: 14 },
        { frameNum: 15, isReference: false },
        { frameNum: 15 },
        { frameNum: 0 },
      ]),
      ['new 0', 28, 29, 30, 32],
    );
  });
});
