import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PartialTimes } from './partial-times.js';

interface Coded {
  readonly stated?: number;
  readonly count: number | 'new';
}

/** Presentation times of pictures in decode order, which last 40 ticks of milliseconds. */
function present(pictures: readonly Coded[], pictureTicks: number | undefined = 40): number[] {
  const times = new PartialTimes(1000, pictureTicks);
  const settled: number[] = [];
  pictures.forEach(({ stated, count }, i) => {
    const order = { count: count === 'new' ? 0 : count, beginsSequence: count === 'new', reorderDepth: 2 };
    times.push({ stated, guess: -1, order }, (time) => (settled[i] = time));
  });
  times.flush();
  return settled;
}

/** Two pyramids; of an IDR picture and of those that are given, the times are stated. */
function pyramids(stated: readonly number[]): Coded[] {
  const counts = ['new', 8, 4, 2, 6, 16, 12, 10, 14, 'new', 8, 4, 2, 6] as const;
  return counts.map((count, i) => (stated.includes(i) ? { count, stated: TIMES[i]! } : { count }));
}
const TIMES = [0, 160, 80, 40, 120, 320, 240, 200, 280, 360, 520, 440, 400, 480];

describe('PartialTimes', () => {
  it('gives pictures between two that have times the times between', () => {
    for (const stated of [[0, 9], [1, 5, 12], [3, 13], [0, 2, 4, 6, 8, 10], [7]]) {
      assert.deepEqual(present(pyramids(stated)), TIMES, stated.join());
    }
  });

  it('needs no rate between two times, and rounds each for itself', () => {
    const film = [
      { stated: 0, count: 'new' },
      { count: 2 },
      { count: 4 },
      { stated: 125, count: 6 },
    ] as const;
    assert.deepEqual(present(film, undefined), [0, 42, 83, 125]);
  });

  it('says the same wherever it begins, behind a picture with a time', () => {
    const whole = pyramids([0, 1, 5, 9, 11]);
    const times = present(whole);
    for (const from of [1, 2, 5, 9]) {
      const isBehind = (_: number, i: number): boolean => i + from >= 9;
      assert.deepEqual(present(whole.slice(from)).filter(isBehind), times.slice(9));
    }
  });

  it('takes a time from a picture that has it of the next one', () => {
    const pictures = pyramids([0, 5, 7, 9]).with(6, { count: 12, stated: TIMES[7]! });
    assert.deepEqual(present(pictures), TIMES);
  });

  it('leaves a pause where it is, and takes what is guessed where there is nothing else', () => {
    const paused = [{ stated: 0, count: 'new' }, { count: 2 }, { stated: 9000, count: 4 }] as const;
    assert.deepEqual(present(paused), [0, 40, 9000]);
    assert.deepEqual(present([{ count: 'new' }, { count: 2 }], undefined), [-1, -1]);
  });

  it('goes by how long a picture itself lasts where none is as long as the next', () => {
    const times = new PartialTimes(1000, undefined);
    const settled: number[] = [];
    const order = (count: number) => ({ count, beginsSequence: false, reorderDepth: 0 });
    times.push({ stated: undefined, guess: 0, duration: 20, order: order(0) }, (time) => settled.push(time));
    times.push({ stated: 80, guess: 80, order: order(1) }, (time) => settled.push(time));
    times.flush();
    assert.deepEqual(settled, [60, 80]);
  });

  it('waits for no time that does not come', () => {
    const settled: number[] = [];
    const times = new PartialTimes(1000, 40);
    const order = (count: number) => ({ count, beginsSequence: count === 0, reorderDepth: 0 });
    for (let i = 0; i < 600; i++) {
      times.push({ stated: i === 0 ? 0 : undefined, guess: -1, order: order(i) }, (time) =>
        settled.push(time),
      );
    }
    assert.ok(settled.length > 500);
    assert.deepEqual(
      settled,
      Array.from({ length: settled.length }, (_, i) => i * 40),
    );
  });
});
