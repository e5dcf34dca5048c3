/**
 * Parses an origin as a person writes it.
 * @param text - `*`, or scheme, host and port, such as `https://player.example` or `http://localhost:3000`.
 * @returns the origin as browsers send it; undefined when it is none.
 */
export function parseOrigin(text: string): string | undefined {
  if (text === '*') return text;
  if (!/^https?:\/\/[^/?#@*,\s]+\/?$/i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).origin;
}
