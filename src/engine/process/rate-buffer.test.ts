import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateBuffer } from './rate-buffer.js';

describe('RateBuffer', () => {
  it('fills at the rate, up to what it holds, and gives what pictures take', () => {
    const buffer = new RateBuffer({ maxBitRate: 1000, bufferBits: 2000 }, 0.5);
    buffer.take(50, 0);
    assert.equal(buffer.share, 0.3);
    buffer.take(0, 1);
    assert.equal(buffer.share, 0.8);
    // What would run over is lost, before the picture takes its bits.
    buffer.take(25, 10);
    assert.equal(buffer.share, 0.9);
    buffer.take(250, 0);
    assert.ok(buffer.share < 0);
  });
});
