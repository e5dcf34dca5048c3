import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ContinuousTime, type ClockReading } from './continuous-time.js';

const SECOND = 1e9;
const WRAP_NS = Math.round((2 ** 33 / 90_000) * 1e9);

/** Times of frames of 40 ms, in seconds: what a track reads from a part of a source. */
function frames(trackId: number, from: number, count: number, offset: number): ClockReading[] {
  return Array.from({ length: count }, (_, i) => ({
    trackId,
    timeNs: Math.round((from + i * 0.04) * SECOND),
    durationNs: 0.04 * SECOND,
    offset: offset + i * 100,
    wrapNs: WRAP_NS,
    isSteady: true,
  }));
}

function join(time: ContinuousTime, readings: readonly ClockReading[]): number[] {
  return readings.map((reading) => (reading.timeNs + time.shiftFor(reading)) / SECOND);
}

describe('ContinuousTime', () => {
  it('adds nothing to a clock that goes on, whatever it begins at and however long it rests', () => {
    const time = new ContinuousTime();
    const readings = [...frames(1, 92_633, 50, 0), ...frames(1, 92_644, 50, 5000)];
    assert.ok(readings.every((reading) => time.shiftFor(reading) === 0));
  });

  it('closes jumps in either direction up', () => {
    for (const to of [0, 5, 50_000]) {
      const time = new ContinuousTime();
      const joined = join(time, [...frames(1, 10, 50, 0), ...frames(1, to, 50, 5000)]);
      assert.deepEqual(
        joined.map((at) => Math.round(at * 1000)),
        Array.from({ length: 100 }, (_, i) => 10_000 + i * 40),
      );
    }
  });

  it('moves all tracks of a stretch alike, though they come to it one after another', () => {
    const time = new ContinuousTime();
    const shifts = (readings: readonly ClockReading[]): Set<number> =>
      new Set(readings.map((reading) => time.shiftFor(reading)));
    shifts([...frames(1, 10, 50, 0), ...frames(2, 9.9, 50, 10)]);
    const [video] = shifts(frames(1, 700, 10, 5000));
    // The second track has not come to the jump yet.
    assert.deepEqual(shifts(frames(2, 11.9, 3, 5050)), new Set([0]));
    assert.deepEqual(shifts(frames(2, 699.8, 10, 5400)), new Set([video]));
    assert.deepEqual(shifts(frames(1, 700.4, 10, 6000)), new Set([video]));
  });

  it('takes a counter that begins anew for that, exactly', () => {
    const time = new ContinuousTime();
    const last = WRAP_NS / SECOND - 2;
    join(time, frames(1, last, 50, 0));
    assert.equal(time.shiftFor(frames(1, 0, 1, 5000)[0]!), WRAP_NS);
  });

  it('comes back after a packet whose time is damaged', () => {
    const time = new ContinuousTime();
    join(time, frames(1, 10, 50, 0));
    join(time, frames(1, 4000, 1, 5000));
    assert.ok(frames(1, 12.04, 50, 5100).every((reading) => time.shiftFor(reading) === 0));
  });

  it('takes no silence of one track for a jump while another goes on', () => {
    const time = new ContinuousTime();
    join(time, [...frames(1, 10, 50, 0), ...frames(2, 10, 50, 10)]);
    // The one that goes on is read half a second ahead of the other.
    join(time, frames(1, 12, 500, 5000));
    assert.ok(frames(2, 31.5, 50, 55_000).every((reading) => time.shiftFor(reading) === 0));
  });

  it('closes jumps up however many there were', () => {
    const time = new ContinuousTime();
    const parts = 10_500;
    let last = 0;
    for (let part = 0; part < parts; part++) {
      [last = 0] = join(time, frames(1, 10 + part * 37, 1, part * 1000));
    }
    assert.equal(Math.round((last - 10) * 1000), (parts - 1) * 40);
  });

  it('begins in the stretch that an earlier reading found', () => {
    const stretches = [
      { offset: 0, shiftNs: 0 },
      { offset: 5000, shiftNs: 8 * SECOND },
    ];
    // Shortly before the jump, and shortly behind it: the time that is known tells which.
    const before = new ContinuousTime(stretches, 4900, 9.5 * SECOND);
    assert.deepEqual(join(before, frames(1, 9.8, 1, 4900)), [9.8]);
    assert.deepEqual(join(before, frames(1, 2, 1, 5100)), [10]);
    const behind = new ContinuousTime(stretches, 6000, 12 * SECOND);
    assert.deepEqual(join(behind, frames(1, 4, 2, 6000)), [12, 12.04]);
  });

  it('takes no pause of subtitles for a jump', () => {
    const time = new ContinuousTime();
    const subtitle = (seconds: number): ClockReading => ({
      ...frames(3, seconds, 1, 0)[0]!,
      isSteady: false,
    });
    join(time, frames(1, 10, 50, 0));
    assert.deepEqual(
      [subtitle(10), subtitle(70)].map((one) => time.shiftFor(one)),
      [0, 0],
    );
  });
});
