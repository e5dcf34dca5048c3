import { sweepAt } from './fixtures.js';

/** Decoded sound and where it stands in time. */
export interface HeardSound {
  readonly samples: Float32Array;
  /** Samples a second. */
  readonly rate: number;
  /** Time of the first sample, in seconds. */
  readonly startsAt: number;
}

const windowSeconds = 0.4;
/** No codec delays by more, so none hides beyond. */
const reachSeconds = 0.03;

/**
 * Finds how much later than it should a stretch of the fixtures' sweep is heard.
 * @param heard - what was decoded.
 * @param at - where the stretch begins, in seconds of `heard`'s time.
 * @param sweepStartsAt - when the sweep should begin, in seconds of `heard`'s time.
 * @returns seconds; negative when it is heard early.
 */
export function sweepLag(heard: HeardSound, at: number, sweepStartsAt: number): number {
  const { samples, rate, startsAt } = heard;
  const count = Math.round(windowSeconds * rate);
  const reach = Math.round(reachSeconds * rate);
  const first = Math.round((at - startsAt) * rate);
  if (first < 0 || first + count > samples.length) {
    throw new RangeError(`there is no sound from ${at} s to ${at + windowSeconds} s`);
  }
  const window = samples.subarray(first, first + count);
  const template = Float64Array.from({ length: count + 2 * reach }, (_, i) =>
    sweepAt(startsAt + (first + i - reach) / rate - sweepStartsAt),
  );
  const score = (shift: number, step: number): number => {
    let sum = 0;
    for (let i = 0; i < count; i += step) sum += window[i]! * (template[i + shift] ?? 0);
    return sum;
  };
  // The sweep stays below an eighth of the rate, so a coarse look finds the peak that a fine one then measures.
  let coarse = 0;
  for (let shift = 0, most = -Infinity; shift <= 2 * reach; shift++) {
    const value = score(shift, 7);
    if (value > most) [coarse, most] = [shift, value];
  }
  let best = coarse;
  for (let shift = coarse - 8; shift <= coarse + 8; shift++)
    if (score(shift, 1) > score(best, 1)) best = shift;
  const [before, peak, after] = [score(best - 1, 1), score(best, 1), score(best + 1, 1)];
  const fraction = (before - after) / (2 * (before - 2 * peak + after));
  // The window matches the template `shift - reach` samples ahead: it is heard that much early.
  return (reach - best - fraction) / rate;
}

/** The root mean square of a stretch, in seconds of its time. */
export function loudness({ samples, rate, startsAt }: HeardSound, from: number, to: number): number {
  const stretch = samples.subarray(
    Math.max(0, Math.round((from - startsAt) * rate)),
    Math.round((to - startsAt) * rate),
  );
  return Math.sqrt(stretch.reduce((sum, value) => sum + value * value, 0) / Math.max(1, stretch.length));
}
