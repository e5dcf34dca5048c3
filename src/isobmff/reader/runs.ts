/**
 * Finds the run that a value belongs to.
 * @param starts - where each run begins, not falling; one more at the end is where the last one ends.
 * @param value - at least the first start.
 * @returns the last run that begins at or before the value and is not empty; the number of runs when all end before it.
 */
export function runAt(starts: Float64Array, value: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
