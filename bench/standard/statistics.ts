/** The same thing measured several times. */
export interface Spread {
  /** The middle one. */
  readonly median: number;
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
  /** Nineteen in twenty are no larger. */
  readonly p95: number;
  /** How many there were. */
  readonly count: number;
}

/** Summarises measurements. A median, because what disturbs a run only ever makes it slower. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const p95 = percentileOf(sorted, 0.95);
  return { median, min: sorted[0]!, max: sorted.at(-1)!, p95, count: sorted.length };
}

/** The smallest value that a share of all do not exceed. */
export function percentileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
}

/** Turns a spread of costs into one of what is had for them, such as milliseconds into megabytes a second. */
export function invert({ median, min, max, p95, count }: Spread, amount: number): Spread {
  return { median: amount / median, min: amount / max, max: amount / min, p95: amount / p95, count };
}
