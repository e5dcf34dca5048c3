import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { earliest, millisecondsOf, ticksOf } from './instant.js';

describe('Instant', () => {
  it('is compared exactly, whatever its timescale', () => {
    const film = { ticks: 2002, timescale: 24_000 };
    const rounded = { ticks: 83_416_666, timescale: 1e9 };
    assert.equal(earliest([film, undefined, rounded]), rounded);
    assert.equal(earliest([film, { ticks: 83_416_667, timescale: 1e9 }]), film);
    assert.equal(earliest([]), undefined);
    assert.equal(earliest([undefined]), undefined);
  });

  it('converts with the rounding that is asked for', () => {
    const instant = { ticks: -1001, timescale: 24_000 };
    assert.equal(ticksOf(instant, 1000), -42);
    assert.equal(ticksOf(instant, 1000, 'up'), -41);
    assert.equal(millisecondsOf({ ticks: 3, timescale: 2 }), 1500);
  });
});
