import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleOf } from '../../test/support/samples.js';
import { audioTrack } from '../../test/support/tracks.js';
import { createFrameDuration } from '../codecs/frame-duration.js';
import type { Sample } from '../media/sample.js';
import { AudioIntake } from './audio-intake.js';

const ms = 1_000_000;

function sampleAt(timeMs: number, bytes = 8): Sample {
  return sampleOf({ trackId: 2, presentationTime: timeMs * ms, data: new Uint8Array(bytes) });
}

describe('AudioIntake', () => {
  it('ends a last packet of unknown length with the source, where that ends in it', () => {
    const track = audioTrack('wmavoice', { sampleRate: 22_050, timescale: 1e9 });
    const ending = (sourceEndMs?: number): number | undefined => {
      const end = sourceEndMs === undefined ? undefined : { ticks: sourceEndMs * ms, timescale: 1e9 };
      const intake = new AudioIntake(track, createFrameDuration(track), end);
      for (const time of [0, 400, 800]) intake.push(sampleAt(time));
      intake.finish();
      return intake.endTicks;
    };
    assert.equal(ending(), 22_050 * 1.2);
    assert.equal(ending(1000), 22_050);
    assert.equal(ending(1500), 22_050 * 1.2);
    // What is said to end before it begins is a mistake.
    assert.equal(ending(700), 22_050 * 1.2);
  });

  it('puts a packet back whose time the next one contradicts', () => {
    const track = audioTrack('pcm_s16le', { channels: 2, sampleRate: 48_000, timescale: 1e9 });
    const intake = new AudioIntake(track, createFrameDuration(track));
    for (const time of [0, 20, 90, 60]) intake.push(sampleAt(time, 960 * 4));
    assert.deepEqual(
      intake.packets.map(({ startTicks }) => startTicks),
      [0, 960, 1920, 2880],
    );
  });
});
