/** A part of an object. */
export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** The byte after the last one. */
  readonly end: number;
}

const SINGLE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;

/**
 * Parses a `Range` header.
 * @param header - as it came.
 * @param length - bytes of the object.
 * @returns the range; `unsatisfiable` when the object ends before it; undefined when all of it is to be sent: for
 *   several ranges as well, and for what makes no sense, as RFC 9110, section 14.2 allows.
 */
export function parseByteRange(
  header: string | undefined,
  length: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = SINGLE.exec(header ?? '');
  if (match === null) return undefined;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const wanted = Math.min(Number(suffix), length);
    return wanted === 0 ? 'unsatisfiable' : { start: length - wanted, end: length };
  }
  const start = Number(first);
  const end = last === '' ? length : Math.min(Number(last) + 1, length);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= length ? 'unsatisfiable' : { start, end };
}
