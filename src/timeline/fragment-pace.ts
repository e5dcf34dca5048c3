/** How long fragments are, in milliseconds: short at first, so that playing begins at once, then steady. */
const rampMs: readonly number[] = [250, 500, 1000];
const steadyMs = 2000;

/**
 * The length that the n-th fragment of a continuous stream aims at.
 * @param index - number of the fragment, from 0.
 * @returns milliseconds; a fragment ends at the first sample at or after this.
 */
export function fragmentTargetMs(index: number): number {
  return rampMs[index] ?? steadyMs;
}
