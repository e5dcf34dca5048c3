import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { amrPacketSamples, type AmrCodec } from './packet-samples.js';

/** A frame of a type, with as many bytes in all as RFC 4867 and ffprobe (for what encoders write) say. */
function frame(type: number, bytes: number): number[] {
  return [(type << 3) | 4, ...Array.from({ length: bytes - 1 }, () => 0xff)];
}

function samplesOf(codec: AmrCodec, ...frames: readonly number[][]): number | undefined {
  return amrPacketSamples(codec, Uint8Array.from(frames.flat()));
}

describe('amrPacketSamples', () => {
  it('counts frames of every type', () => {
    const narrow = [13, 14, 16, 18, 20, 21, 27, 32, 6].map((bytes, type) => frame(type, bytes));
    assert.equal(samplesOf('amr_nb', ...narrow, frame(15, 1)), 10 * 160);
    const wide = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6].map((bytes, type) => frame(type, bytes));
    assert.equal(samplesOf('amr_wb', ...wide, frame(14, 1), frame(15, 1)), 12 * 320);
  });

  it('does not count what is no whole frame', () => {
    assert.equal(samplesOf('amr_nb'), undefined);
    assert.equal(samplesOf('amr_nb', frame(7, 32), frame(7, 31)), undefined);
    assert.equal(samplesOf('amr_nb', frame(13, 1)), undefined);
    assert.equal(samplesOf('amr_wb', frame(12, 1)), undefined);
  });
});
