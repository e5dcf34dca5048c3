import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VideoColor } from '../../media/track.js';
import { DEFAULT_VIDEO_OUTPUT, encodedFormatOf } from '../video-output.js';
import { deviceWorkOf, type DeviceWork } from './device-work.js';
import { writeVideoFilterChain, type FrameFormat } from './video-filter-chain.js';

const BT709: VideoColor = { primaries: 1, transfer: 1, matrix: 1, fullRange: false };
const HDR10: VideoColor = { primaries: 9, transfer: 16, matrix: 9, fullRange: false };
const BT601: VideoColor = { primaries: 6, transfer: 6, matrix: 6, fullRange: false };

function frame(given: Partial<FrameFormat>): FrameFormat {
  const { width = 1280, height = 720 } = given;
  return { width, height, pixelFormat: 'nv12', color: BT709, isInterlaced: false, ...given };
}

function formatOf(source: { width: number; height: number; color?: VideoColor }, height?: number) {
  const geometry = { ...source, pixelAspectRatio: [1, 1] as const, color: source.color };
  return encodedFormatOf(geometry, { ...DEFAULT_VIDEO_OUTPUT, height });
}

describe('deviceWorkOf', () => {
  const hd = { width: 1280, height: 720 };
  const work = (given: Partial<FrameFormat>, height?: number): DeviceWork | string =>
    deviceWorkOf(frame(given), hd, formatOf(hd, height));

  it('is nothing where the processor would do nothing', () => {
    assert.deepEqual(work({}), { variant: 'plain', isScaled: false, ...hd });
    assert.equal(writeVideoFilterChain(frame({ pixelFormat: 'yuv420p' }), hd, formatOf(hd)), '');
  });

  it('knows sizes, depth, fields and HDR', () => {
    assert.deepEqual(work({}, 360), { variant: 'plain', isScaled: true, width: 640, height: 360 });
    const variantOf = (given: Partial<FrameFormat>): string => {
      const done = work(given);
      return typeof done === 'string' ? done : done.variant;
    };
    assert.equal(variantOf({ pixelFormat: 'p010le' }), 'deep');
    assert.equal(variantOf({ isInterlaced: true }), 'interlaced');
    assert.equal(variantOf({ pixelFormat: 'p010le', color: HDR10 }), 'hdr');
    assert.equal(variantOf({ pixelFormat: 'p010le', color: { ...HDR10, transfer: 18 } }), 'hdr');
  });

  it('takes the two matrices of BT.601 for one', () => {
    const sd = { width: 720, height: 480, color: BT601 };
    const color = { ...BT601, matrix: 5 };
    const done = deviceWorkOf(frame({ width: 720, height: 480, color }), sd, formatOf(sd));
    assert.equal(typeof done === 'string' ? done : done.variant, 'plain');
  });

  it("leaves to the processor whatever filters on devices do otherwise, or don't", () => {
    for (const [given, why] of [
      [{ pixelFormat: 'yuv444p' }, /^pixels are yuv444p$/],
      [{ pixelFormat: '' }, /^pixels are/],
      [{ width: 1288 }, /^pictures have 1288 x 720 pixels, and their track 1280 x 720$/],
      [{ color: { ...BT709, fullRange: true } }, /range/],
      [{ color: BT601 }, /colours/],
      [{ color: { ...HDR10, transfer: 14 }, pixelFormat: 'p010le' }, /colours/],
      [{ color: { ...BT709, primaries: 12 } }, /colours/],
      // HDR in 8 bits, and HDR whose container says that it is SDR of BT.601.
      [{ color: HDR10 }, /HDR/],
      [{ pixelFormat: 'p010le', isInterlaced: true }, /fields/],
    ] as const) {
      refused(work(given), why);
    }
    const declared = { ...hd, color: BT601 };
    const hdr = frame({ pixelFormat: 'p010le', color: HDR10 });
    refused(deviceWorkOf(hdr, declared, formatOf(declared)), /HDR/);
    const odd = { width: 1281, height: 720 };
    refused(deviceWorkOf(frame(odd), odd, formatOf(odd)), /cut off/);
  });
});

function refused(done: DeviceWork | string, why: RegExp): void {
  assert.match(typeof done === 'string' ? done : JSON.stringify(done), why);
}
