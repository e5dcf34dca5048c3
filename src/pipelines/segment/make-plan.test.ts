import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MediaIndex } from '../../media/media-index.js';
import { makeVideoPlan } from './make-plan.js';

const HOUR = 3600;

/** The plans of video with a keyframe every two seconds. */
function plansOf(seconds: number): { readonly usual: number; readonly short: number } {
  const keyframes = Array.from({ length: seconds / 2 }, (_, n) => ({
    timeNs: n * 2e9,
    offset: n,
    isStartable: true,
  }));
  const index = {
    trackId: 1,
    keyframes,
    trackEndsNs: new Map([[1, seconds * 1e9]]),
  } as unknown as MediaIndex;
  const track = { type: 'video', id: 1, timescale: 1000, defaultDuration: 40, codec: 'hevc' };
  const video = { track, sample: { presentationTime: 0 } } as never;
  const { plan, shortPlan } = makeVideoPlan(index, video, { ticks: 0, timescale: 1000 }, undefined);
  return { usual: plan.starts.length, short: shortPlan.starts.length };
}

describe('the plans of video', () => {
  it('are two, one of shorter segments', () => {
    assert.deepEqual(plansOf(HOUR), { usual: 600, short: 901 });
  });

  it('are one where short segments would be more than a playlist can hold, and the others are not', () => {
    assert.deepEqual(plansOf(160 * HOUR), { usual: 96_000, short: 96_000 });
  });
});
