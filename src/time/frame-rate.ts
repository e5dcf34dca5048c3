/** A frame rate as a fraction: `numerator / denominator` frames a second, as in 24000/1001. */
export interface FrameRate {
  /** Frames in `denominator` seconds. */
  readonly numerator: number;
  /** Seconds that hold `numerator` frames. */
  readonly denominator: number;
}

const highestRate = 480;
/**
 * How far a stored frame duration may lie from the rate that is meant, as a share of it. Muxers store whole
 * nanoseconds, and some derive them from a rounded rate (1 s / 23.976), which is one part in a million off.
 */
const tolerance = 2e-6;

/**
 * Recognises the frame rate behind a frame duration in nanoseconds: whole rates, and whole rates slowed by 1000/1001.
 * @param durationNs - duration of one frame in nanoseconds.
 * @returns the rate, or undefined when the duration belongs to neither family; nothing is then known of the cadence.
 */
export function recognizeFrameRate(durationNs: number): FrameRate | undefined {
  if (!(durationNs > 0)) return undefined;
  const whole = Math.round(1e9 / durationNs);
  const slowed = Math.round(1.001e9 / durationNs);
  if (isClose(durationNs, 1e9 / whole) && whole >= 1 && whole <= highestRate) {
    return { numerator: whole, denominator: 1 };
  }
  if (isClose(durationNs, 1.001e9 / slowed) && slowed >= 1 && slowed <= highestRate) {
    return { numerator: slowed * 1000, denominator: 1001 };
  }
  return undefined;
}

function isClose(value: number, ideal: number): boolean {
  return Math.abs(value - ideal) <= Math.max(1, ideal * tolerance);
}
