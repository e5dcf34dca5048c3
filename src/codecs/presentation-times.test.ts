import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PictureOrder } from './picture-order.js';
import { PresentationTimes } from './presentation-times.js';

interface Coded {
  readonly order: PictureOrder | undefined;
  readonly decodeTime: number;
}

/** Presentation times of pictures in decode order. */
function present(pictures: readonly Coded[], later = 0, pictureTicks?: number): number[] {
  const times = new PresentationTimes(later, pictureTicks);
  const settled: number[] = [];
  pictures.forEach(({ decodeTime, order }, i) =>
    times.push(decodeTime, order, (time) => (settled[i] = time)),
  );
  times.flush();
  return settled;
}

function coded(counts: readonly (number | 'new')[], reorderDepth: number, step = 40): Coded[] {
  return counts.map((count, i) => ({
    decodeTime: i * step,
    order: { count: count === 'new' ? 0 : count, beginsSequence: count === 'new', reorderDepth },
  }));
}

describe('PresentationTimes', () => {
  it('gives decode times in the order of showing, from the first picture on', () => {
    const pyramid = coded(['new', 8, 4, 2, 6, 'new', 4, 2], 2);
    assert.deepEqual(present(pyramid), [0, 160, 80, 40, 120, 200, 280, 240]);
  });

  it('is right from the first random access point on, wherever it begins', () => {
    const whole = coded(['new', 8, 4, 2, 6, 16, 12, 10, 14, 24, 20, 18, 22], 2);
    const times = present(whole);
    for (let from = 1; from < whole.length - 4; from++) {
      // Of what refers to pictures before the beginning nothing is said; the group behind it is right.
      const behind = Math.ceil((from - 1) / 4) * 4 + 1;
      assert.deepEqual(present(whole.slice(from)).slice(behind - from), times.slice(behind));
    }
  });

  it('shows the first picture when as many more have been decoded as it is told', () => {
    const pyramid = coded(['new', 8, 4, 2, 6, 'new', 4, 2], 2);
    assert.deepEqual(present(pyramid, 2), [80, 240, 160, 120, 200, 280, 360, 320]);
    // The last ones are as far apart as pictures are, where that is known, and else as the last two that were decoded.
    assert.deepEqual(present(coded(['new', 8, 4, 2], 2), 2, 50), [80, 220, 170, 120]);
    assert.deepEqual(present(coded(['new', 8], 2), 4), [160, 200]);
    // How far a stream reorders is often not stated, and then far less than it may.
    assert.deepEqual(present(coded(['new', 4, 2, 6], 16), 1), [40, 120, 80, 160]);
    assert.deepEqual(present(coded(['new', 2, 4], 0), 1), [40, 80, 120]);
  });

  it('keeps gaps, and shows what has no place behind the picture before it', () => {
    const gap = coded(['new', 4, 2], 1).map((one, i) => ({ ...one, decodeTime: [0, 1000, 1040][i]! }));
    assert.deepEqual(present(gap), [0, 1040, 1000]);
    const damaged = coded(['new', 4, 2], 1).toSpliced(2, 0, { decodeTime: 60, order: undefined });
    assert.equal(present(damaged).toSorted((a, b) => a - b).length, 4);
  });

  it('never holds more than the stream reorders, and gives every time once', () => {
    const counts = fc.array(fc.oneof(fc.constant('new' as const), fc.nat(1000)), { maxLength: 200 });
    fc.assert(
      fc.property(counts, fc.nat(20), (list, depth) => {
        const pictures = coded(list, depth);
        assert.deepEqual(
          present(pictures).toSorted((a, b) => a - b),
          pictures.map(({ decodeTime }) => decodeTime),
        );
      }),
    );
  });
});
