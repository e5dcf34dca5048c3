import { createHash } from 'node:crypto';

/**
 * Writes the strong entity tag of an object that its names say everything about: nothing has to be made to know it.
 * @param names - such as the rendition, which holds the version of source and software, and the number of the segment.
 *   They hold letters, digits and hyphens.
 */
export function tagOfNames(...names: readonly (string | number)[]): string {
  return `"${names.join('.')}"`;
}

/**
 * Writes the strong entity tag of a text.
 * @param text - the text.
 * @param coding - how it is encoded for the way, where it is: the encoded bytes are others, and so is their tag.
 */
export function tagOfText(text: string, coding?: 'gzip'): string {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return coding === undefined ? `"${digest}"` : `"${digest}-${coding}"`;
}

/**
 * Whether an `If-None-Match` header names what would be sent, so that 304 is the answer.
 * @param header - as it came.
 * @param tag - of what would be sent.
 * @see RFC 9110, section 13.1.2, with the weak comparison of section 8.8.3.2
 */
export function isNoneMatchMet(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag);
}
