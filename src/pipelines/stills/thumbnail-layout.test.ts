import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { layThumbnails } from './thumbnail-layout.js';

const FULL_HD = { width: 1920, height: 1080, pixelAspectRatio: [1, 1], rotation: 0 } as const;

describe('the layout of thumbnails', () => {
  test('puts a picture at each keyframe that is far enough behind the one before', () => {
    const { tile, sprites, thumbnails } = layThumbnails([0, 500, 2000, 3999, 4000, 9000], 12_345.6, FULL_HD);
    assert.deepEqual(tile, { width: 240, height: 136 });
    assert.deepEqual(
      thumbnails.map(({ keyframe, startMs, endMs, x, y }) => [keyframe, startMs, endMs, x, y]),
      [
        [0, 0, 2000, 0, 0],
        [2, 2000, 4000, 240, 0],
        [4, 4000, 9000, 480, 0],
        [5, 9000, 12_346, 720, 0],
      ],
    );
    assert.deepEqual(sprites, [{ width: 960, height: 136 }]);
  });

  test('fits tiles to how the video is shown', () => {
    const sizes = [
      { ...FULL_HD, rotation: 90 as const },
      { ...FULL_HD, width: 720, height: 576, pixelAspectRatio: [64, 45] as const },
      { ...FULL_HD, width: 64, height: 48 },
      { ...FULL_HD, width: 0, height: 0 },
    ].map((track) => layThumbnails([0], 1000, track).tile);
    assert.deepEqual(sizes, [
      { width: 102, height: 180 },
      { width: 240, height: 136 },
      { width: 64, height: 48 },
      { width: 240, height: 180 },
    ]);
  });

  test('covers all of the time once, in few tiles, none upon another', () => {
    const keyframes = fc
      .array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 600 })
      .map((steps) => steps.reduce<number[]>((times, step) => [...times, (times.at(-1) ?? 0) + step], []));
    fc.assert(
      fc.property(keyframes, fc.integer({ min: 1, max: 10_000 }), (times, rest) => {
        const durationMs = times.at(-1)! + rest;
        const { tile, sprites, thumbnails } = layThumbnails(times, durationMs, FULL_HD);
        assert.ok(thumbnails.length <= 201);
        assert.equal(thumbnails[0]!.startMs, 0);
        assert.equal(thumbnails.at(-1)!.endMs, durationMs);
        const places = new Set(thumbnails.map(({ sprite, x, y }) => `${sprite} ${x} ${y}`));
        assert.equal(places.size, thumbnails.length);
        for (const [i, { startMs, endMs, sprite, x, y, keyframe }] of thumbnails.entries()) {
          assert.ok(endMs > startMs);
          assert.equal(thumbnails[i + 1]?.startMs ?? durationMs, endMs);
          assert.ok(i === 0 || times[keyframe] === startMs);
          assert.ok(x + tile.width <= sprites[sprite]!.width && y + tile.height <= sprites[sprite]!.height);
        }
      }),
    );
  });
});
