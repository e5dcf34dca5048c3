/** A content coding that answers are sent in, beside none. */
export type Coding = 'br' | 'gzip';

/**
 * Whether a client takes a content coding.
 * @param header - `Accept-Encoding`, as it came.
 * @param coding - the coding.
 * @see RFC 9110, section 12.5.3
 */
export function takesCoding(header: string | string[] | undefined, coding: Coding): boolean {
  const codings = new Map(
    String(header ?? '')
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [name, ...parameters] = part.split(';').map((text) => text.trim());
        return [name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))] as const;
      }),
  );
  return codings.get(coding) ?? codings.get('*') ?? false;
}
