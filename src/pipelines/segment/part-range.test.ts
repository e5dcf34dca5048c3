import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { partRange, type RangePacket } from './part-range.js';

const data = new Uint8Array(0);
const options = { timescale: 25, pixelsShare: 1 };

/** Pictures in decode order: groups of so many, each reference followed by two that precede it when shown. */
function picturesOf(count: number, group: number): RangePacket[] {
  const packets: RangePacket[] = [];
  for (let n = 0; n < count; n += 3) {
    const isKey = n % group === 0;
    packets.push({ presentationTime: n + 2, isKey, isDisposable: false, data });
    for (const shown of [n, n + 1]) {
      packets.push({ presentationTime: shown, isKey: false, isDisposable: true, data });
    }
  }
  // The first picture is the first that is shown.
  return packets.slice(0, 1).concat(packets.filter(({ presentationTime }) => presentationTime > 2));
}

const timesOf = (packets: readonly RangePacket[]): number[] =>
  packets.map(({ presentationTime }) => presentationTime);

describe('the parts of a range that is encoded', () => {
  it('meet at the random access point nearest the middle, whose leading pictures are of the first', () => {
    const packets = picturesOf(150, 30);
    const [first, second] = partRange(packets, { startTicks: 2, endTicks: 150 }, options);
    assert.deepEqual([first!.startTicks, first!.endTicks], [2, 62]);
    assert.deepEqual([second!.startTicks, second!.endTicks], [62, 150]);
    assert.deepEqual(timesOf(first!.packets).slice(-3), [62, 60, 61]);
    assert.deepEqual(timesOf(second!.packets).slice(0, 3), [62, 65, 63]);
  });

  it('meet in the middle of a group, of which the second decodes what others refer to', () => {
    const packets = picturesOf(150, 150);
    const [first, second] = partRange(packets, { startTicks: 2, endTicks: 150 }, options);
    assert.equal(first!.endTicks, 76);
    assert.deepEqual(timesOf(second!.packets).slice(0, 3), [2, 5, 8]);
    assert.ok(second!.packets.every((one) => one.presentationTime >= 76 || !one.isDisposable));
  });

  it('are one where the pictures are short, scaled down, or not in order', () => {
    const whole = { startTicks: 2, endTicks: 150 };
    const long = picturesOf(150, 150);
    const decoded = long.map((packet) => ({ ...packet, decodeTime: packet.presentationTime }));
    assert.equal(partRange(long, whole, { ...options, pixelsShare: 0.25 }).length, 1);
    assert.equal(partRange(decoded, whole, options).length, 1);
    assert.equal(partRange(picturesOf(48, 12), { startTicks: 2, endTicks: 48 }, options).length, 1);
    assert.equal(partRange([], whole, options).length, 1);
  });

  it('hold each picture of the range once, behind one that decoding can begin at', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 30 }), (threes, group) => {
        const packets = picturesOf(threes * 3, group * 3);
        const range = { startTicks: 2, endTicks: threes * 3 };
        const parts = partRange(packets, range, options);
        const shown = parts.flatMap((part) =>
          timesOf(part.packets).filter((ticks) => ticks >= part.startTicks && ticks < part.endTicks),
        );
        assert.deepEqual(
          shown.toSorted((a, b) => a - b),
          timesOf(packets).toSorted((a, b) => a - b),
        );
        for (const part of parts) assert.ok(part.packets[0]!.isKey);
      }),
    );
  });
});
