// eslint-disable-next-line no-control-regex -- they are what is taken out.
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+/g;

/**
 * Writes an attribute list.
 * @param attributes - names with their values as they are to stand there; an undefined value leaves the attribute out.
 * @see RFC 8216, section 4.2
 */
export function writeAttributeList(
  attributes: Readonly<Record<string, string | number | undefined>>,
): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/**
 * Writes a quoted string, which knows no escapes.
 * @param text - any text, also of a file.
 * @see RFC 8216, section 4.2 (quoted-string)
 */
export function quotedString(text: string): string {
  return `"${playlistText(text)}"`;
}

/**
 * Makes text of a file fit for a quoted string: one line, without control characters or those that turn the direction of what
 * follows, in the normal form that a playlist should be in, and with quotes as printers set them. That goes for the
 * apostrophe as well: it may stand in a quoted string, but there are parsers that take it for a quote.
 * @see RFC 8216, section 4.1 (characters)
 */
export function playlistText(text: string): string {
  return text.replace(unfit, ' ').replaceAll('"', '”').replaceAll("'", '’').normalize();
}
