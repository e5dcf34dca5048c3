/**
 * The code of an error of the system or of Node, such as `ENOSPC`.
 * @param error - whatever was thrown.
 * @returns undefined when it has none.
 */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
