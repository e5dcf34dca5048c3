import assert from 'node:assert/strict';

/** Whether two byte runs are the same. */
export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && differenceAt(a, b) === a.length;
}

/** Fails with the place of the first difference, which an assertion on megabytes would drown. */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array, what = 'it'): void {
  if (isSameBytes(actual, expected)) return;
  const at = differenceAt(actual, expected);
  assert.fail(`${what} differs from byte ${at} on: ${actual.length} bytes, expected ${expected.length}`);
}

function differenceAt(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at++;
  return at;
}
