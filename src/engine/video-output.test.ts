import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RequestError } from '../errors.js';
import { DEFAULT_VIDEO_OUTPUT, encodedFormatOf, type VideoGeometry } from './video-output.js';

const BT709 = { primaries: 1, transfer: 1, matrix: 1, fullRange: false };

function geometry(width: number, height: number, fields: Partial<VideoGeometry> = {}): VideoGeometry {
  return { width, height, pixelAspectRatio: [1, 1], color: undefined, ...fields };
}

function sizeOf(source: VideoGeometry, limits: { width?: number; height?: number } = {}): [number, number] {
  const { width, height } = encodedFormatOf(source, { ...DEFAULT_VIDEO_OUTPUT, ...limits });
  return [width, height];
}

describe('encodedFormatOf', () => {
  it('keeps the size, less an odd column and row', () => {
    assert.deepEqual(sizeOf(geometry(1920, 1080)), [1920, 1080]);
    assert.deepEqual(sizeOf(geometry(853, 481)), [852, 480]);
    assert.deepEqual(sizeOf(geometry(1, 1)), [2, 2]);
  });

  it('scales down to fit, and never up', () => {
    assert.deepEqual(sizeOf(geometry(1920, 1080), { height: 720 }), [1280, 720]);
    assert.deepEqual(sizeOf(geometry(1920, 800), { width: 1280, height: 720 }), [1280, 534]);
    assert.deepEqual(sizeOf(geometry(720, 576), { height: 1080 }), [720, 576]);
    assert.deepEqual(sizeOf(geometry(7680, 4320)), [4096, 2304]);
  });

  it('has even sides within what H.264 has levels for, in about the shape of the source', () => {
    const side = fc.integer({ min: 1, max: 32_767 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const [across, down] = sizeOf(geometry(width, height));
        assert.equal(across % 2, 0);
        assert.equal(down % 2, 0);
        assert.ok(across >= 2 && down >= 2 && across <= Math.max(2, width) && down <= Math.max(2, height));
        // ITU-T H.264, table A-1, level 5.2: 36,864 macroblocks, and at most the root of 8 times as many to a side.
        assert.ok(Math.ceil(across / 16) * Math.ceil(down / 16) <= 36_864 * 1.05);
        assert.ok(Math.max(across, down) / 16 <= Math.sqrt(8 * 36_864));
      }),
    );
  });

  it('keeps SDR colour, and makes BT.709 of all else', () => {
    const colorOf = (primaries: number, transfer: number, matrix: number): unknown =>
      encodedFormatOf(
        geometry(1280, 720, { color: { primaries, transfer, matrix, fullRange: true } }),
        DEFAULT_VIDEO_OUTPUT,
      ).color;
    assert.deepEqual(colorOf(1, 1, 1), BT709);
    assert.deepEqual(colorOf(6, 6, 6), { primaries: 6, transfer: 6, matrix: 6, fullRange: false });
    assert.deepEqual(colorOf(9, 16, 9), BT709);
    assert.deepEqual(colorOf(9, 18, 9), BT709);
    assert.deepEqual(colorOf(9, 14, 9), BT709);
    assert.deepEqual(colorOf(1, 13, 0), BT709);
    assert.deepEqual(colorOf(2, 2, 2), BT709);
  });

  it('assumes colour by the size where none is said', () => {
    const matrixOf = (width: number, height: number): number =>
      encodedFormatOf(geometry(width, height), DEFAULT_VIDEO_OUTPUT).color.matrix;
    assert.deepEqual([matrixOf(1280, 720), matrixOf(720, 576), matrixOf(640, 480)], [1, 5, 6]);
  });

  it('keeps the shape of pixels in lowest terms that fit in 16 bits', () => {
    const shapeOf = (...pixelAspectRatio: [number, number]): readonly [number, number] =>
      encodedFormatOf(geometry(720, 576, { pixelAspectRatio }), DEFAULT_VIDEO_OUTPUT).pixelAspectRatio;
    assert.deepEqual(shapeOf(64, 45), [64, 45]);
    assert.deepEqual(shapeOf(40, 40), [1, 1]);
    assert.deepEqual(shapeOf(0, 1), [1, 1]);
    assert.deepEqual(shapeOf(1_000_003, 500_009), [65_535, 32_768]);
  });

  it('caps the bit rate by size and frame rate, at 8 Mbit/s for 1080p', () => {
    const cap = (width: number, height: number, rate = 30): number =>
      encodedFormatOf(geometry(width, height), {
        ...DEFAULT_VIDEO_OUTPUT,
        frameRate: { numerator: rate, denominator: 1 },
      }).maxBitRate;
    assert.equal(cap(1920, 1080), 8_000_000);
    assert.equal(cap(1280, 720), 4_350_000);
    assert.equal(cap(1920, 1080, 60), 11_310_000);
    assert.equal(cap(64, 64), 300_000);
  });

  it('refuses sizes that are none', () => {
    for (const side of [0, -2, 1.5, Number.NaN, 40_000]) {
      assert.throws(() => sizeOf(geometry(side, 100)), RequestError);
      assert.throws(() => sizeOf(geometry(100, 100), { height: side }), RequestError);
    }
  });

  it('refuses rates that are none', () => {
    for (const wrong of [
      { crf: 0 },
      { crf: 52 },
      { crf: Number.NaN },
      { maxBitRate: 0 },
      { maxBitRate: 1e12 },
      { frameRate: { numerator: 0, denominator: 1 } },
      { frameRate: { numerator: 25, denominator: 0.5 } },
    ]) {
      const output = { ...DEFAULT_VIDEO_OUTPUT, ...wrong };
      assert.throws(() => encodedFormatOf(geometry(100, 100), output), RequestError);
    }
  });
});
