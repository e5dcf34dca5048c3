import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PcmTimeline } from './pcm-timeline.js';

function samples(from: number, count: number): Float32Array[] {
  return [Float32Array.from({ length: count }, (_, i) => from + i)];
}

function timeline(start = 0, end = 20, rate = 48_000): PcmTimeline {
  return new PcmTimeline(rate, { start, end }, 1);
}

describe('the PCM timeline', () => {
  it('lays samples by their times and keeps silence where there are none', () => {
    const line = timeline(0, 400, 1000);
    line.place(2, samples(1, 3), 0, 3, false);
    line.place(300, samples(9, 2), 0, 2, false);
    assert.deepEqual([...line.planes[0]!.slice(0, 8)], [0, 0, 1, 2, 3, 0, 0, 0]);
    assert.deepEqual([...line.planes[0]!.slice(299, 303)], [0, 9, 10, 0]);
  });

  it('lets the later samples win where two overlap', () => {
    const line = timeline(0, 8);
    line.place(0, samples(1, 5), 0, 5, false);
    line.place(3, samples(101, 5), 0, 5, false);
    assert.deepEqual([...line.planes[0]!], [1, 2, 3, 101, 102, 103, 104, 105]);
  });

  it('cuts off what lies outside its window, and everything before time zero', () => {
    const line = timeline(-4, 4);
    line.place(-3, samples(1, 12), 0, 12, false);
    assert.deepEqual([...line.planes[0]!], [0, 0, 0, 0, 4, 5, 6, 7]);
  });

  it('takes only the samples that are asked for', () => {
    const line = timeline(0, 6);
    line.place(1, samples(1, 6), 2, 3, false);
    assert.deepEqual([...line.planes[0]!], [0, 3, 4, 5, 0, 0]);
  });

  it('bridges gaps that rounding makes, and not longer ones', () => {
    const line = timeline(0, 300);
    line.place(0, [Float32Array.of(1, 1)], 0, 2, false);
    line.place(4, [Float32Array.of(4, 4)], 0, 2, false);
    line.place(200, [Float32Array.of(1, 1)], 0, 2, false);
    assert.deepEqual([...line.planes[0]!.slice(0, 7)], [1, 1, 2, 3, 4, 4, 0]);
    assert.equal(line.planes[0]![199], 0);
  });

  it('remembers where it holds a mix, in joined stretches', () => {
    const line = timeline(0, 20);
    line.place(0, samples(1, 5), 0, 5, true);
    line.place(5, samples(1, 5), 0, 5, true);
    line.place(10, samples(1, 2), 0, 2, false);
    line.place(12, samples(1, 2), 0, 2, true);
    assert.deepEqual(line.mixed, [
      { start: 0, end: 10 },
      { start: 12, end: 14 },
    ]);
  });
});
