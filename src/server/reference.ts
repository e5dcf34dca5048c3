import { Buffer } from 'node:buffer';
import { sep } from 'node:path';
import { RequestError } from '../errors.js';

/** What a `<ref>` of the HTTP interface names: a file below one of the library's roots. */
export interface Reference {
  /** Index of the root. */
  readonly root: number;
  /** Path below the root, with `/` between its parts; the file's own name when the root is a file. */
  readonly path: string;
}

/** Longest path that file systems accept; a longer one is not worth decoding. */
const MAX_LENGTH = 8192;
const FORM = /^(0|[1-9]\d{0,3})\/(.+)$/s;

/** Writes a reference as one path segment of a URL: base64url of `<root>/<path>`. */
export function writeReference({ root, path }: Reference): string {
  return Buffer.from(`${root}/${path}`, 'utf8').toString('base64url');
}

/**
 * Parses a `<ref>`.
 * @param text - as it stands in the URL.
 * @throws {RequestError} when it was not written by {@link writeReference} or its path is not a safe one.
 */
export function parseReference(text: string): Reference {
  const match = text.length > MAX_LENGTH ? null : FORM.exec(Buffer.from(text, 'base64url').toString('utf8'));
  if (match === null) throw notFound();
  const reference = { root: Number(match[1]), path: match[2]! };
  checkPath(reference.path);
  // Decoding forgives stray characters and bad UTF-8; each file has one name only.
  if (writeReference(reference) !== text) throw notFound();
  return reference;
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
