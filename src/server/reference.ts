import { Buffer } from 'node:buffer';
import { sep } from 'node:path';
import { RequestError } from '../errors.js';

/** What a `<ref>` of the HTTP interface names: something of one of the library's roots, or a URL. */
export type Reference = RootReference | UrlReference;

/** Something of a root. */
export interface RootReference {
  /** Index of the root. */
  readonly root: number;
  /** Path below the root, with `/` between its parts; the root's own name when it is a file or a URL. */
  readonly path: string;
}

/** Something elsewhere. */
export interface UrlReference {
  /** An http or https URL without a user name or password. */
  readonly url: URL;
}

/** Longest path that file systems accept; a longer one is not worth decoding. */
const MAX_LENGTH = 8192;
const FORM = /^(0|[1-9]\d{0,3})\/(.+)$/s;
const HTTP = /^https?:\/\//;

/** Writes a reference as one path segment of a URL: base64url of `<root>/<path>`, or of the URL. */
export function writeReference(reference: Reference): string {
  const text = 'url' in reference ? reference.url.href : `${reference.root}/${reference.path}`;
  return Buffer.from(text, 'utf8').toString('base64url');
}

/**
 * Parses a `<ref>`.
 * @param text - as it stands in the URL.
 * @throws {RequestError} when it was not written by {@link writeReference}, or what it names is not safe.
 */
export function parseReference(text: string): Reference {
  if (text.length > MAX_LENGTH) throw notFound();
  const reference = parseDecoded(Buffer.from(text, 'base64url').toString('utf8'));
  // Decoding forgives stray characters and bad UTF-8; each file has one name only.
  if (writeReference(reference) !== text) throw notFound();
  return reference;
}

function parseDecoded(decoded: string): Reference {
  if (HTTP.test(decoded)) return { url: parseRemoteUrl(decoded) };
  const match = FORM.exec(decoded);
  if (match === null) throw notFound();
  const reference = { root: Number(match[1]), path: match[2]! };
  checkPath(reference.path);
  return reference;
}

/** Whether the `src` of a short form is meant as a URL. */
export function isRemoteUrl(text: string): boolean {
  return HTTP.test(text.toLowerCase());
}

/**
 * Parses a URL that a viewer names.
 * @param text - http or https.
 * @returns it, without a fragment.
 * @throws {RequestError} when it is too long, no such URL, or has a user name or a password in it: addresses end up in logs
 *   and histories.
 */
export function parseRemoteUrl(text: string): URL {
  const url = isRemoteUrl(text) && URL.canParse(text) ? new URL(text) : undefined;
  // Its reference must be one that is read again.
  if (url === undefined || Math.ceil((url.href.length * 4) / 3) > MAX_LENGTH) {
    throw new RequestError('The address is not an http or https URL, or too long.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new RequestError('The address holds a user name or a password, which has no place in it.');
  }
  url.hash = '';
  return url;
}

/**
 * Refuses a path that could lead out of its root or to a hidden file. Whether it does so through a symbolic link is for
 * the library to see.
 * @param path - relative, with `/` between its parts.
 * @throws {RequestError} `forbidden` when it climbs or is absolute, `not_found` when nothing of the kind is served.
 */
export function checkPath(path: string): void {
  if (path === '' || path.length > MAX_LENGTH || path.includes('\0')) throw notFound();
  const parts = path.split(sep === '\\' ? /[\\/]/ : '/');
  const isAbsolute = parts[0] === '' || (sep === '\\' && path.includes(':'));
  if (isAbsolute || parts.includes('..')) {
    throw new RequestError('The path leads out of the library.', 'forbidden');
  }
  if (parts.some((part) => part === '' || part.startsWith('.'))) throw notFound();
}

/** The error for whatever the library does not hold; it does not tell what is absent from what is not served. */
export function notFound(): RequestError {
  return new RequestError('There is no such item in the library.', 'not_found');
}
