/** The page's choice of a form of the video, with a stand-in for hls.js. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importPage } from './support/page-module.js';

const Events = { BUFFER_FLUSHING: 'flushing' };

interface Video {
  readonly buffered: { readonly length: number; start(index: number): number; end(index: number): number };
  readonly currentTime: number;
  readonly duration: number;
}

/** Notes what it is told; lets go of what it holds of the segments that come later, where there are some. */
class Levels {
  readonly told: string[] = [];
  readonly #hasLater: boolean;
  readonly #heard = new Set<() => void>();

  constructor(hasLater: boolean) {
    this.#hasLater = hasLater;
  }

  get listeners(): number {
    return this.#heard.size;
  }

  on(_event: string, heard: () => void): void {
    this.#heard.add(heard);
  }

  off(_event: string, heard: () => void): void {
    this.#heard.delete(heard);
  }

  get currentLevel(): number {
    return 0;
  }

  set currentLevel(level: number) {
    this.told.push(`now ${level}`);
  }

  set nextLevel(level: number) {
    this.told.push(`next ${level}`);
    if (this.#hasLater) for (const heard of this.#heard) heard();
  }
}

describe('a form of the video that is chosen', () => {
  let switchLevel: (hls: Levels, library: { Events: typeof Events }, video: Video, level: number) => void;

  before(async () => {
    ({ switchLevel } = (await importPage(['player/switch-level'])) as { switchLevel: typeof switchLevel });
  });

  const CASES = [
    ['from a later segment on, where there are some', { hasLater: true, heldTo: 60, level: 1 }, ['next 1']],
    ['from what is still to be loaded on', { hasLater: false, heldTo: 40, level: 1 }, ['next 1']],
    ['at once in the last segment', { hasLater: false, heldTo: 59.9, level: 1 }, ['next 1', 'now 1']],
    ['not again where it is shown', { hasLater: false, heldTo: 60, level: 0 }, ['next 0']],
    ['when the line tells, where that chooses', { hasLater: false, heldTo: 60, level: -1 }, ['next -1']],
  ] as const;
  for (const [name, { hasLater, heldTo, level }, expected] of CASES) {
    it(`is shown ${name}`, () => {
      const hls = new Levels(hasLater);
      const buffered = { length: 1, start: () => 20, end: () => heldTo };
      switchLevel(hls, { Events }, { buffered, currentTime: 35, duration: 60 }, level);
      assert.deepEqual(hls.told, expected);
      assert.equal(hls.listeners, 0, 'nothing listens any more');
    });
  }
});
