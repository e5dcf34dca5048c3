import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rescale, type Rounding } from './rescale.js';

describe('rescale', () => {
  const cases: [value: number, from: number, to: number, rounding: Rounding, expected: number][] = [
    [1001, 24_000, 1e9, 'nearest', 41_708_333],
    [1001, 24_000, 1e9, 'up', 41_708_334],
    [-1001, 24_000, 1e9, 'down', -41_708_334],
    [-1001, 24_000, 1e9, 'up', -41_708_333],
    [1, 2, 1, 'nearest', 1],
    [-1, 2, 1, 'nearest', -1],
    [-1, 2, 1, 'up', 0],
    [7, 1000, 1000, 'down', 7],
    // 30 days in nanoseconds to 48 kHz: the product passes 2^53.
    [2_592_000_000_000_001, 1e9, 48_000, 'down', 124_416_000_000],
    [2_592_000_000_000_001, 1e9, 48_000, 'up', 124_416_000_001],
    [-2_592_000_000_000_001, 1e9, 48_000, 'down', -124_416_000_001],
  ];
  for (const [value, from, to, rounding, expected] of cases) {
    it(`takes ${value}/${from} to ${expected}/${to}, rounding ${rounding}`, () => {
      // Zero has one sign for the caller.
      assert.equal(rescale(value, from, to, rounding) + 0, expected);
    });
  }

  it('agrees with exact rational arithmetic', () => {
    const scale = fc.integer({ min: 1, max: 2_000_000_000 });
    fc.assert(
      fc.property(fc.maxSafeInteger(), scale, fc.integer({ min: 1, max: 192_000 }), (value, from, to) => {
        const numerator = BigInt(value) * BigInt(to);
        const down = floorDivide(numerator, BigInt(from));
        fc.pre(down < 2n ** 53n && down > -(2n ** 53n));
        assert.equal(BigInt(rescale(value, from, to, 'down')), down);
        assert.equal(BigInt(rescale(value, from, to, 'up')), -floorDivide(-numerator, BigInt(from)));
        const magnitude = numerator < 0n ? -numerator : numerator;
        const nearest = (2n * magnitude + BigInt(from)) / (2n * BigInt(from));
        assert.equal(BigInt(rescale(value, from, to)), numerator < 0n ? -nearest : nearest);
      }),
    );
  });
});

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n ? quotient - 1n : quotient;
}
