import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodedFormatOf } from '../../engine/video-output.js';
import type { VideoTrack } from '../../media/track.js';
import { videoTrack } from '../../../test/support/tracks.js';
import { buildLadder, SHARE_OF_ABOVE, type Ladder } from './ladder.js';

const timing = { timescale: 1, starts: [0, 6, 12], end: 18 };

function ladderOf(track: Partial<VideoTrack>, peak = 40_000_000): Ladder {
  return buildLadder({
    track: videoTrack(track.codec ?? 'h264', track),
    frameRate: undefined,
    peak,
    timing,
  })!;
}

/** Height of the box, and the size that is shown. */
function shown(track: Partial<VideoTrack>, peak?: number): string[] {
  return ladderOf(track, peak).rungs.map(({ height, output }) => {
    const format = encodedFormatOf(videoTrack(track.codec ?? 'h264', track), output);
    const [horizontal, vertical] = format.pixelAspectRatio;
    return `${height}: ${Math.round((format.width * horizontal) / vertical)}x${format.height}`;
  });
}

describe('the ladder', () => {
  it('has what is lower than the source', () => {
    assert.deepEqual(shown({ width: 3840, height: 2160 }), [
      '1080: 1920x1080',
      '720: 1280x720',
      '480: 854x480',
    ]);
    assert.deepEqual(shown({ width: 1920, height: 1080 }), ['720: 1280x720', '480: 854x480']);
    assert.deepEqual(shown({ width: 854, height: 480 }), []);
  });

  it('takes heights for boxes of 16:9, turned for pictures that are higher than wide', () => {
    assert.deepEqual(shown({ width: 1920, height: 800 }), ['720: 1280x534', '480: 854x356']);
    assert.deepEqual(shown({ width: 1440, height: 1080 }), ['720: 960x720', '480: 640x480']);
    assert.deepEqual(shown({ width: 1080, height: 1920 }), ['720: 720x1280', '480: 480x854']);
  });

  it('goes by the picture as it is shown, and keeps the shape of its pixels', () => {
    assert.deepEqual(shown({ width: 720, height: 576, pixelAspectRatio: [64, 45] }), ['480: 853x480']);
    // 16:9 in 1440 columns is no 720p.
    assert.deepEqual(shown({ width: 1440, height: 1080, pixelAspectRatio: [4, 3] }), [
      '720: 1280x720',
      '480: 853x480',
    ]);
    assert.deepEqual(shown({ width: 720, height: 480, pixelAspectRatio: [32, 27] }), []);
  });

  it('has no form that is nearly the source', () => {
    assert.deepEqual(shown({ width: 1920, height: 1088 }), ['720: 1270x720', '480: 848x480']);
  });

  it('takes fewer bits than a cheap source, and leaves out what would not be worth looking at', () => {
    const { rungs } = ladderOf({ width: 1920, height: 1080 }, 1_200_000);
    assert.deepEqual(
      rungs.map(({ height, output }) => [height, output.maxBitRate]),
      [[480, 650_000]],
    );
    assert.deepEqual(shown({ width: 1920, height: 1080 }, 300_000), []);
  });

  it('gives what replaces a newer codec more bits, and never many more than the source has', () => {
    const cap = (codec: 'h264' | 'hevc', peak: number) =>
      ladderOf({ codec, width: 1920, height: 1080 }, peak).top.output.maxBitRate;
    assert.equal(cap('h264', 2_000_000), 3_000_000);
    assert.equal(cap('hevc', 2_000_000), 6_000_000);
    assert.equal(cap('hevc', 20_000_000), 8_000_000);
    // So little is a container that does not tell.
    assert.equal(cap('hevc', 20_000), 8_000_000);
  });

  it('goes down in clear steps, whatever the source is', () => {
    const side = fc.integer({ min: 32, max: 9000 });
    const ratio = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(
        side,
        side,
        ratio,
        fc.integer({ min: 0, max: 90_000_000 }),
        (width, height, pixels, peak) => {
          const { top, rungs } = ladderOf({ width, height, pixelAspectRatio: pixels }, peak);
          for (const [i, rung] of rungs.entries()) {
            assert.ok(rung.peak <= (rungs[i - 1] ?? top).peak * SHARE_OF_ABOVE);
            assert.ok(rung.peak <= peak * SHARE_OF_ABOVE);
            const format = encodedFormatOf(videoTrack('h264', { width, height }), rung.output);
            assert.ok(format.width < width && format.height < height);
          }
        },
      ),
    );
  });

  it('is not there without a size', () => {
    const none = videoTrack('h264', { width: 0, height: 0 });
    assert.equal(buildLadder({ track: none, frameRate: undefined, peak: 1e6, timing }), undefined);
  });
});
