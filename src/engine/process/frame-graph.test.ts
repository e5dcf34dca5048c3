import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Frame } from 'node-av/lib';
import { AV_FRAME_FLAG_INTERLACED, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { DEFAULT_VIDEO_OUTPUT, encodedFormatOf } from '../video-output.js';
import { VideoFilter } from './video-filter.js';

const SIZE = { width: 64, height: 36 };
const SOURCE = { ...SIZE, pixelAspectRatio: [1, 1] as const, color: undefined };

/** Times of what comes out when pictures with these times go in. */
function filtered(times: readonly number[], timescale: number, isInterlaced: boolean): number[] {
  const made: number[] = [];
  const format = encodedFormatOf(SOURCE, DEFAULT_VIDEO_OUTPUT);
  using filter = new VideoFilter(SOURCE, format, timescale, (_frame, time) => made.push(time!));
  using frame = new Frame();
  for (const time of times) {
    frame.alloc();
    Object.assign(frame, { ...SIZE, format: AV_PIX_FMT_YUV420P });
    assert.equal(frame.allocBuffer(), 0);
    if (isInterlaced) frame.setFlags(AV_FRAME_FLAG_INTERLACED);
    filter.push(frame, time);
  }
  filter.drain();
  return made;
}

describe('a filter graph', () => {
  for (const isInterlaced of [false, true]) {
    it(`gives ${isInterlaced ? 'deinterlaced' : 'all'} frames their own times, however fine these are`, () => {
      // In hours of a tenth of a microsecond, the product of time and timescale is above 2^53.
      for (const [timescale, step] of [
        [999_999_937, 41_708_331],
        [10_000_000, 333_667],
        [90_000, 3003],
      ] as const) {
        const first = 4 * 3600 * timescale;
        const times = Array.from({ length: 20 }, (_, i) => first + i * step + (i % 2));
        assert.deepEqual(filtered(times, timescale, isInterlaced), times);
      }
    });
  }
});
