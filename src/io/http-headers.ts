import type { IncomingHttpHeaders } from 'node:http';

/** A parsed `Content-Range` of bytes. */
export interface ContentRange {
  /** First byte; undefined in the answer to a range that cannot be satisfied. */
  readonly start: number | undefined;
  /** Last byte, inclusive. */
  readonly end: number | undefined;
  /** Size of the whole; undefined when the server does not know it. */
  readonly total: number | undefined;
}

/**
 * Parses a `Content-Range` header.
 * @param value - the header's value.
 * @returns undefined when it is absent or breaks the grammar.
 * @see RFC 9110, section 14.4
 */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/i.exec(value?.trim() ?? '');
  if (match === null) return undefined;
  const [start, end, total] = [match[1], match[2], match[3]].map((digits) =>
    digits === undefined || digits === '*' ? undefined : Number(digits),
  );
  if (start !== undefined && end !== undefined) {
    const isBackwards = end < start;
    const isBeyond = total !== undefined && end >= total;
    if (isBackwards || isBeyond || !Number.isSafeInteger(end)) return undefined;
  }
  return { start, end, total };
}

/**
 * Parses a `Content-Length` header.
 * @returns bytes; undefined when it is absent or not a whole number.
 */
export function parseContentLength(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d+$/.test(value)) return undefined;
  const length = Number(value);
  return Number.isSafeInteger(length) ? length : undefined;
}

/** What tells one state of a resource from another. */
export interface Validators {
  /** `ETag`, weak or strong, as sent. */
  readonly etag: string | undefined;
  /** `Last-Modified`, as sent. */
  readonly lastModified: string | undefined;
  /** `Date`, as sent. */
  readonly date?: string | undefined;
}

/** Takes the validators out of an answer's headers. */
export function validatorsOf(headers: IncomingHttpHeaders): Validators {
  return { etag: headers.etag, lastModified: headers['last-modified'], date: headers.date };
}

/**
 * Whether two answers may be parts of the same bytes. A validator that one of them lacks decides nothing.
 * @param first - those of the answer that opened the resource.
 * @param later - those of another answer.
 */
export function areSameResource(first: Validators, later: Validators): boolean {
  const differ = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b;
  return !differ(first.etag, later.etag) && !differ(first.lastModified, later.lastModified);
}

/** How much older than the answer a `Last-Modified` must be, in milliseconds, for no second change to hide in its second. */
const SETTLED_MS = 60_000;

/**
 * The validator that promises the same bytes, and not only the same meaning: a strong `ETag`, or else a `Last-Modified`
 * that is old enough. Fit for `If-Range`.
 * @see RFC 9110, sections 8.8.2.2 and 8.8.3
 */
export function strongValidator({ etag, lastModified, date }: Validators): string | undefined {
  if (etag?.startsWith('"') === true) return etag;
  if (lastModified === undefined || date === undefined) return undefined;
  return Date.parse(date) - Date.parse(lastModified) >= SETTLED_MS ? lastModified : undefined;
}

/**
 * Whether the same request may succeed when it is made again.
 * @param status - HTTP status of the answer.
 */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/**
 * Parses a `Retry-After` header.
 * @param value - the header's value: seconds, or a date.
 * @param nowMs - the time now, in milliseconds since 1970.
 * @returns milliseconds from now; undefined when it is absent or neither.
 * @see RFC 9110, section 10.2.3
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const delayMs = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(delayMs) ? undefined : Math.max(0, delayMs);
}
