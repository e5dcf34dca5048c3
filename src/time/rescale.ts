/** How {@link rescale} treats a value that falls between two ticks. `nearest` sends halves away from zero. */
export type Rounding = 'nearest' | 'down' | 'up';

/**
 * Converts a time between timescales without losing a tick to floating point.
 * @param value - whole number of ticks of `from`; may be negative.
 * @param from - ticks a second of `value`; a positive whole number.
 * @param to - ticks a second of the result; a positive whole number.
 * @param rounding - `down` is towards minus infinity, `up` towards plus infinity.
 * @returns whole number of ticks of `to`.
 */
export function rescale(value: number, from: number, to: number, rounding: Rounding = 'nearest'): number {
  if (from === to) return value;
  // Whole seconds and the rest apart, both exact: their products stay below 2^53 for far longer than that of the sum.
  const rest = value % from;
  const whole = ((value - rest) / from) * to;
  const product = rest * to;
  return Number.isSafeInteger(product) && Number.isSafeInteger(whole)
    ? whole + divide(product, from, rounding)
    : divideBig(value, from, to, rounding);
}

function divide(numerator: number, denominator: number, rounding: Rounding): number {
  // The remainder of two safe integers is exact, and so is the quotient built from it.
  const remainder = numerator % denominator;
  const towardsZero = (numerator - remainder) / denominator;
  if (remainder === 0) return towardsZero;
  const sign = numerator < 0 ? -1 : 1;
  switch (rounding) {
    case 'down':
      return sign < 0 ? towardsZero - 1 : towardsZero;
    case 'up':
      return sign > 0 ? towardsZero + 1 : towardsZero;
    case 'nearest':
      return Math.abs(remainder) * 2 >= denominator ? towardsZero + sign : towardsZero;
  }
}

function divideBig(value: number, from: number, to: number, rounding: Rounding): number {
  const numerator = BigInt(value) * BigInt(to);
  const denominator = BigInt(from);
  const remainder = numerator % denominator;
  const towardsZero = numerator / denominator;
  if (remainder === 0n) return Number(towardsZero);
  const sign = numerator < 0n ? -1n : 1n;
  const magnitude = remainder < 0n ? -remainder : remainder;
  switch (rounding) {
    case 'down':
      return Number(sign < 0n ? towardsZero - 1n : towardsZero);
    case 'up':
      return Number(sign > 0n ? towardsZero + 1n : towardsZero);
    case 'nearest':
      return Number(magnitude * 2n >= denominator ? towardsZero + sign : towardsZero);
  }
}
