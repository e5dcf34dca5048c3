/** Where the page's steps from picture to picture lead. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importPage } from './support/page-module.js';

const FILM_RATE = 24_000 / 1001;

describe('a step from picture to picture', () => {
  let stepTime: (position: number, pictures: number, rate: number) => number;

  before(async () => {
    ({ stepTime } = (await importPage(['player/step-time'])) as { stepTime: typeof stepTime });
  });

  const CASES = [
    ['on from the middle of one', 146.6 / 25, 1, 25, 147.1],
    ['back from the middle of one', 146.6 / 25, -1, 25, 145.1],
    ['on from where a step led', 147.1 / 25, 1, 25, 148.1],
    ['on from the beginning of one', 6, 1, 25, 151.1],
    ['on from a time in milliseconds that is rounded down', 10.009, 1, FILM_RATE, 241.1],
    ['back from a time that is rounded down', 10.009, -1, FILM_RATE, 239.1],
  ] as const;
  for (const [name, position, pictures, rate, expected] of CASES) {
    it(`leads ${name} to the beginning of another`, () => {
      assert.ok(Math.abs(stepTime(position, pictures, rate) * rate - expected) < 1e-9);
    });
  }

  it('leads through all pictures, on and back', () => {
    for (const rate of [FILM_RATE, 25, 30_000 / 1001, 50, 60_000 / 1001]) {
      let position = 0;
      for (let i = 1; i <= 1000; i++) {
        position = stepTime(position, 1, rate);
        assert.equal(Math.floor(position * rate), i);
      }
      for (let i = 999; i >= 0; i--) {
        position = stepTime(position, -1, rate);
        assert.equal(Math.floor(position * rate), i);
      }
    }
  });
});
