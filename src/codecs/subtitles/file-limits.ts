import { checkLimit } from '../../bytes/limits.js';

/** The most cues of one file; two hours of speech have some 2,000. */
const MAX_CUES = 100_000;

/**
 * Refuses a file with too many cues.
 * @param count - how many there are so far.
 * @throws {LimitExceededError} when there are too many.
 */
export function checkCueCount(count: number): void {
  checkLimit('number of cues of a subtitle file', count, MAX_CUES);
}

/** Milliseconds of a time in hours, minutes, seconds and a fraction as digits; hours may be absent. */
export function millisecondsOf(
  hours: string | undefined,
  minutes: string,
  seconds: string,
  fraction: string | undefined,
): number {
  const whole = (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Math.round(Number(`0.${fraction ?? '0'}`) * 1000);
}
