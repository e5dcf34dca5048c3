import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TimedPacket } from '../../media/sample-builder.js';
import { AdtsClock } from './adts-clock.js';

/** All rates of AAC divide it: so libavformat counts times of ADTS. */
const UNITS = 28_224_000;
/** What a frame of 44.1 kHz lasts, and one of 22.05 kHz. */
const [HIGH, LOW] = [(UNITS * 1024) / 44_100, (UNITS * 1024) / 22_050];

describe('AdtsClock', () => {
  /** A frame as a demuxer counts it that thinks all to be of 44.1 kHz. */
  function frame(number: number, frequencyIndex: number, duration = HIGH): TimedPacket {
    const time = number * duration;
    const data = Uint8Array.of(0xff, 0xf1, 0x40 | (frequencyIndex << 2), 0x80, 0x20, 0x1f, 0xfc);
    const place = { offset: number * 256, size: 256 };
    return { pts: time, dts: time, duration, ...place, isKey: true, isCorrupt: false, data };
  }

  it('leaves alone what never changes', () => {
    const clock = new AdtsClock(UNITS);
    const packets = [0, 1, 2].map((number) => frame(number, 4));
    packets.forEach((packet) => assert.equal(clock.place(packet), packet));
    assert.equal(clock.knows(3 * HIGH - 1), true);
    assert.equal(clock.knows(3 * HIGH), false);
    assert.equal(clock.statedFor(12_345), 12_345);
  });

  it('lets each frame last as long as it states, whoever reads it, and however often', () => {
    const clock = new AdtsClock(UNITS);
    const packets = [4, 4, 7, 7, 4].map((index, number) => frame(number, index));
    const expected = [0, HIGH, 2 * HIGH, 2 * HIGH + LOW, 2 * HIGH + 2 * LOW];
    for (let reading = 0; reading < 2; reading++) {
      const placed = packets.map((packet) => clock.place(packet));
      assert.deepEqual(placed.map(({ pts }) => pts), expected); // prettier-ignore
      assert.deepEqual(placed.map(({ dts }) => dts), expected); // prettier-ignore
      assert.deepEqual(placed.map(({ duration }) => duration), [HIGH, HIGH, LOW, LOW, HIGH]); // prettier-ignore
    }
    // From the middle, as behind a seek.
    assert.equal(clock.place(packets[3]!).pts, expected[3]);
    expected.forEach((time, number) => assert.equal(clock.statedFor(time), number * HIGH));
    assert.equal(clock.statedFor(2 * HIGH + LOW / 2), 2.5 * HIGH);
    assert.equal(clock.knows(3 * HIGH + 2 * LOW - 1), true);
    assert.equal(clock.knows(3 * HIGH + 2 * LOW), false);
  });

  it('takes what states nothing to go on as before', () => {
    const clock = new AdtsClock(UNITS);
    [4, 7].forEach((index, number) => clock.place(frame(number, index)));
    const damaged = { ...frame(2, 4), data: Uint8Array.of(1, 2, 3) };
    assert.equal(clock.place(damaged).duration, LOW);
    // A reserved frequency.
    assert.equal(clock.place(frame(3, 14)).duration, LOW);
    assert.equal(clock.place(frame(4, 4)).pts, HIGH + 3 * LOW);
    const timeless = { ...frame(5, 4), pts: undefined, dts: undefined };
    assert.equal(clock.place(timeless), timeless);
  });

  it('follows no more changes than memory is for', () => {
    const clock = new AdtsClock(UNITS);
    for (let number = 0; number < 20_000; number++) clock.place(frame(number, number % 2 === 0 ? 4 : 7));
    const { pts } = clock.place(frame(20_000, 4));
    assert.ok(pts !== undefined && Number.isSafeInteger(pts));
  });
});
