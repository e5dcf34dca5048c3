import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VideoColor } from '../../media/track.js';
import { DEFAULT_VIDEO_OUTPUT, encodedFormatOf } from '../video-output.js';
import { completeColor, isRgbFormat, writeVideoFilterChain, type FrameFormat } from './video-filter-chain.js';

const BT709: VideoColor = { primaries: 1, transfer: 1, matrix: 1, fullRange: false };
const HDR10: VideoColor = { primaries: 9, transfer: 16, matrix: 9, fullRange: false };
const NOTHING: VideoColor = { primaries: 2, transfer: 2, matrix: 2, fullRange: undefined };

function chainOf(frame: Partial<FrameFormat>, source = { width: 1280, height: 720 }): string {
  const format = encodedFormatOf(
    { ...source, pixelAspectRatio: [1, 1], color: undefined },
    DEFAULT_VIDEO_OUTPUT,
  );
  return writeVideoFilterChain(
    { ...source, pixelFormat: 'yuv420p', color: BT709, isInterlaced: false, ...frame },
    source,
    format,
  );
}

function namesOf(chain: string): string[] {
  return chain.split(',').map((filter) => filter.split('=')[0]!);
}

describe('writeVideoFilterChain', () => {
  it('does nothing with pictures that are as the encoder takes them', () => {
    assert.equal(chainOf({}), '');
  });

  it('deinterlaces before anything else, since scaling would blend the fields', () => {
    const chain = chainOf({ width: 640, height: 360, isInterlaced: true });
    assert.deepEqual(namesOf(chain), ['bwdif', 'scale']);
    assert.match(chain, /^bwdif=mode=send_frame:/);
  });

  it('cuts an odd column or row, and scales all other sizes', () => {
    assert.equal(chainOf({}, { width: 1281, height: 721 }), 'crop=w=1280:h=720:x=0:y=0');
    assert.deepEqual(namesOf(chainOf({ width: 1281, height: 720 })), ['scale']);
    assert.deepEqual(namesOf(chainOf({ width: 1920, height: 1080 })), ['scale']);
  });

  it('converts depth, chroma, range and matrix where they differ', () => {
    for (const frame of [
      { pixelFormat: 'yuv420p10le' },
      { pixelFormat: 'yuv444p' },
      { pixelFormat: 'gray' },
      { pixelFormat: 'gbrp', color: { ...BT709, matrix: 0, fullRange: true } },
      { color: { ...BT709, fullRange: true } },
      { color: { ...BT709, matrix: 6 } },
    ]) {
      assert.match(chainOf(frame), /^scale=flags=[^,]*:out_color_matrix=bt709:out_range=tv,format=yuv420p$/);
    }
  });

  it('maps HDR to SDR after scaling it, with 10 bits up to there', () => {
    const names = namesOf(chainOf({ width: 3840, height: 2160, pixelFormat: 'yuv420p10le', color: HDR10 }));
    assert.deepEqual(names, ['scale', 'scale', 'format', 'tonemapx']);
    assert.ok(chainOf({ color: { ...HDR10, transfer: 18 } }).includes('tonemapx'));
  });

  it('brings the gamut of BT.2020 without HDR into that of BT.709', () => {
    assert.ok(
      chainOf({ pixelFormat: 'yuv420p10le', color: { ...HDR10, transfer: 14 } }).includes('zscale=p=709'),
    );
  });
});

describe('completeColor', () => {
  const hd = { width: 1280, height: 720, pixelFormat: 'yuv420p' };
  const sd = { width: 720, height: 576, pixelFormat: 'yuv420p' };

  it('believes the bitstream before the container, and the size last', () => {
    assert.deepEqual(completeColor(HDR10, BT709, hd), HDR10);
    assert.deepEqual(completeColor(NOTHING, HDR10, hd), HDR10);
    assert.deepEqual(completeColor(NOTHING, undefined, hd), BT709);
    assert.deepEqual(completeColor(NOTHING, NOTHING, sd), {
      primaries: 5,
      transfer: 6,
      matrix: 5,
      fullRange: false,
    });
  });

  it('completes what is said by half', () => {
    assert.deepEqual(completeColor({ ...NOTHING, matrix: 1 }, undefined, sd), { ...BT709, transfer: 6 });
    assert.equal(completeColor({ ...NOTHING, primaries: 9 }, undefined, hd).matrix, 9);
  });

  it('takes RGB and the pixel formats of JPEG for full range', () => {
    const gbr = completeColor({ ...NOTHING, matrix: 0 }, undefined, { ...hd, pixelFormat: 'gbrp' });
    assert.deepEqual([gbr.matrix, gbr.fullRange], [0, true]);
    assert.equal(completeColor(NOTHING, undefined, { ...hd, pixelFormat: 'yuvj420p' }).fullRange, true);
    // A matrix of RGB on planes of YUV says nothing.
    assert.equal(completeColor({ ...NOTHING, matrix: 0 }, undefined, hd).matrix, 1);
  });
});

describe('isRgbFormat', () => {
  it('tells the pixel formats that decoders give apart', () => {
    for (const name of ['rgb24', 'bgr0', 'argb', 'gbrp', 'gbrap10le', 'x2rgb10le', 'pal8', 'gbrpf32le']) {
      assert.ok(isRgbFormat(name), name);
    }
    for (const name of ['yuv420p', 'yuvj444p', 'yuva420p', 'nv12', 'gray', 'gray16le', 'monow', 'p010le']) {
      assert.ok(!isRgbFormat(name), name);
    }
  });
});
