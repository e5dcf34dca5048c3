import { rescale, type Rounding } from './rescale.js';

/** A point on a timeline, exact: `ticks / timescale` seconds. */
export interface Instant {
  /** Whole ticks; may be negative. */
  readonly ticks: number;
  /** Ticks a second. */
  readonly timescale: number;
}

/** Gives an instant in ticks of another timescale. */
export function ticksOf(instant: Instant, timescale: number, rounding: Rounding = 'nearest'): number {
  return rescale(instant.ticks, instant.timescale, timescale, rounding);
}

/** Gives an instant in milliseconds, with their fraction; for people and headers, not for reckoning. */
export function millisecondsOf({ ticks, timescale }: Instant): number {
  return (ticks / timescale) * 1000;
}

/** The earliest of some instants, compared exactly; undefined when there is none. */
export function earliest(instants: Iterable<Instant | undefined>): Instant | undefined {
  let first: Instant | undefined;
  for (const instant of instants) {
    if (instant !== undefined && (first === undefined || isBefore(instant, first))) first = instant;
  }
  return first;
}

/** The later of two instants, compared exactly. */
export function later(a: Instant, b: Instant): Instant {
  return isBefore(a, b) ? b : a;
}

function isBefore(a: Instant, b: Instant): boolean {
  return BigInt(a.ticks) * BigInt(b.timescale) < BigInt(b.ticks) * BigInt(a.timescale);
}
