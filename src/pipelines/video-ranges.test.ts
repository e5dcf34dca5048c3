import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LimitExceededError } from '../errors.js';
import { VideoRanges, type HeldPicture, type PictureRange, type PictureTraits } from './video-ranges.js';

const TIMESCALE = 1000;
const MS_PER_PICTURE = 40;

interface Shape {
  /** Pictures of each group. */
  readonly groups: readonly number[];
  /** Pictures that are decoded after one that is shown after them. */
  readonly reordered?: number;
  /** The reordered pictures that follow a random access point in decode order are shown before it. */
  readonly isOpen?: boolean;
  /** The container states decode times only. */
  readonly hasDecodeTimesOnly?: boolean;
}

/** Pictures in decode order, 25 a second. */
function pictures({
  groups,
  reordered = 0,
  isOpen = false,
  hasDecodeTimesOnly = false,
}: Shape): HeldPicture[] {
  const made: HeldPicture[] = [];
  let first = 0;
  const add = (place: number, isKey: boolean, isDisposable: boolean): void => {
    const time = (hasDecodeTimesOnly ? made.length : place) * MS_PER_PICTURE;
    made.push({
      presentationTime: time,
      decodeTime: hasDecodeTimesOnly ? time : undefined,
      isKey,
      isDisposable,
      offset: made.length,
      data: new Uint8Array(1),
    });
  };
  for (const count of groups) {
    // In an open group the first pictures that are shown come after the one that decoding begins at.
    const leading = isOpen && first > 0 ? Math.min(reordered, count - 1) : 0;
    add(first + leading, true, false);
    for (let i = 0; i < leading; i++) add(first + i, false, true);
    for (let at = first + leading + 1; at < first + count; at += reordered + 1) {
      const last = Math.min(at + reordered, first + count - 1);
      add(last, false, false);
      for (let place = at; place < last; place++) add(place, false, true);
    }
    first += count;
  }
  return made;
}

/** Gives pictures in and takes ranges out as soon as they are known, as fragments of a length do. */
function partIn(
  made: readonly HeldPicture[],
  traits: Partial<PictureTraits> = {},
  startTicks = 0,
): PictureRange[] {
  const ranges = new VideoRanges(startTicks, TIMESCALE, { isReordered: true, ...traits });
  const taken: PictureRange[] = [];
  const takeKnown = (): void => {
    for (let cut = ranges.cutFrom(ranges.startTicks + 1); cut !== undefined && !ranges.isOver;) {
      taken.push(...ranges.take(cut));
      cut = ranges.cutFrom(ranges.startTicks + 1);
    }
  };
  for (const picture of made) {
    ranges.push(picture);
    takeKnown();
  }
  ranges.finish(MS_PER_PICTURE);
  takeKnown();
  assert.ok(ranges.isOver);
  assert.equal(ranges.heldBytes, 0);
  return taken;
}

const boundaries = (taken: readonly PictureRange[]): number[] => [
  taken[0]!.startTicks,
  ...taken.map(({ endTicks }) => endTicks),
];

describe('VideoRanges', () => {
  it('makes the first ranges short, and joins short groups', () => {
    const taken = partIn(pictures({ groups: Array.from({ length: 20 }, () => 12) }));
    assert.deepEqual(boundaries(taken), [0, 280, 960, 1920, 3840, 7200, 9600]);
  });

  it('parts a long group so that it does not decode the same pictures again and again', () => {
    const taken = partIn(pictures({ groups: [250, 250], reordered: 2 }));
    assert.deepEqual(boundaries(taken), [0, 280, 800, 1800, 3800, 10_000, 14_000, 20_000]);
    const decoded = taken.reduce((sum, { pictures: needed }) => sum + needed.length, 0);
    assert.ok(decoded < 2 * 500, `${decoded} pictures are decoded for 500`);
  });

  it('makes whole groups where the viewer is far ahead, and ends soon where much is decoded again', () => {
    const groups = Array.from({ length: 6 }, () => 250);
    const far = boundaries(partIn(pictures({ groups, reordered: 2 })));
    assert.deepEqual(far.slice(-4), [30_000, 40_000, 50_000, 60_000]);
    const deep = boundaries(partIn(pictures({ groups: [220, 250], reordered: 2 })));
    assert.deepEqual(deep.slice(4, 7), [3800, 8800, 12_800]);
  });

  it('knows that it is near the end: by what came, and by what the container says unless that is wrong', () => {
    // Ends at 280, 800, 1800, 4000, 8000, 18 000 and 19 600.
    const made = pictures({ groups: [100, 100, 250, 40], reordered: 2 });
    const nearEnd = (sourceEndTicks?: number): number[] =>
      partIn(made, { sourceEndTicks })
        .filter(({ isNearEnd }) => isNearEnd)
        .map(({ endTicks }) => endTicks);
    assert.deepEqual(nearEnd(), [19_600]);
    assert.deepEqual(nearEnd(19_600), [18_000, 19_600]);
    assert.deepEqual(nearEnd(1_000_000), [19_600]);
    assert.deepEqual(nearEnd(0), [19_600]);
  });

  it('takes the pictures along that lead the next random access point', () => {
    const made = pictures({ groups: [50, 50, 50], reordered: 3, isOpen: true });
    const taken = partIn(made);
    for (const range of taken) {
      const inRange = made.filter(
        ({ presentationTime }) => presentationTime >= range.startTicks && presentationTime < range.endTicks,
      );
      for (const picture of inRange) assert.ok(range.pictures.includes(picture));
    }
  });

  it('leaves out what is neither shown nor referred to', () => {
    const [, second] = partIn(pictures({ groups: [100], reordered: 1 }));
    const before = second!.pictures.filter(({ presentationTime }) => presentationTime < second!.startTicks);
    assert.ok(before.length > 0);
    assert.ok(before.every(({ isDisposable }) => !isDisposable));
  });

  it('begins well before a range where only decode times are known, and ends well behind it', () => {
    const taken = partIn(pictures({ groups: [50, 50, 50], reordered: 2, hasDecodeTimesOnly: true }));
    for (const { startTicks, endTicks, pictures: needed } of taken.slice(2, -1)) {
      assert.ok(needed[0]!.isKey);
      assert.ok(startTicks - needed[0]!.presentationTime >= 16 * MS_PER_PICTURE);
      assert.ok(needed.at(-1)!.presentationTime >= endTicks);
    }
  });

  it('cuts off where the output ends', () => {
    const ranges = new VideoRanges(0, TIMESCALE, { isReordered: true });
    for (const picture of pictures({ groups: [100] })) ranges.push(picture);
    const taken = ranges.take(700);
    assert.deepEqual(boundaries(taken), [0, 280, 700]);
  });

  it('waits no longer than it must for a codec that reorders nothing', () => {
    const ranges = new VideoRanges(0, TIMESCALE, { isReordered: false });
    const made = pictures({ groups: [100] });
    let count = 0;
    while (ranges.cutFrom(1) === undefined) ranges.push(made[count++]!);
    assert.ok(count * MS_PER_PICTURE <= 840, `${count} pictures`);
  });

  it('ends a range sooner where pictures are large', () => {
    const data = new Uint8Array(6 * 2 ** 20);
    const groups = Array.from({ length: 100 }, () => 1);
    const taken = partIn(
      pictures({ groups }).map((picture) => ({ ...picture, data })),
      { isReordered: false },
    );
    for (const { pictures: needed } of taken) assert.ok(needed.length <= 6, `${needed.length} pictures`);
    assert.equal(
      taken.reduce((sum, { pictures: needed }) => sum + needed.length, 0),
      100,
    );
  });

  it('has every picture in one range, whatever the groups', () => {
    const shapes = fc.record({
      groups: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 12 }),
      reordered: fc.integer({ min: 0, max: 5 }),
      isOpen: fc.boolean(),
      hasDecodeTimesOnly: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, (shape) => {
        const made = pictures(shape);
        const taken = partIn(made);
        const shown = taken.flatMap(({ startTicks, endTicks, pictures: needed }) => {
          assert.ok(needed[0]!.isKey);
          return needed.filter(
            ({ presentationTime }) => presentationTime >= startTicks && presentationTime < endTicks,
          );
        });
        assert.equal(new Set(shown).size, shown.length);
        assert.equal(shown.length, made.length);
        taken.slice(1).forEach(({ startTicks }, i) => assert.equal(startTicks, taken[i]!.endTicks));
        taken.forEach(({ startTicks, endTicks }) => assert.ok(endTicks > startTicks));
      }),
    );
  });

  it('refuses a group so long that nobody could decode it for one range', () => {
    assert.throws(() => partIn(pictures({ groups: [20_000] })), LimitExceededError);
  });
});
