import { fileURLToPath } from 'node:url';
import { RequestError } from '../errors.js';
import type { ReadOptions, Source } from '../media/source.js';
import { openFile } from './file.js';

/** Opens references of one scheme: a plug-in for places that segmint does not know by itself. */
export interface SourceOpener {
  /** What the references begin with, without its colon and in lower case: `s3`, `tg`, `magnet`. */
  readonly scheme: string;
  /**
   * Opens what a reference names.
   * @param reference - all of it, such as `s3://bucket/film.mkv`.
   * @param options - a signal that ends the opening, and is not bound to the source after that.
   * @returns a source that keeps what {@link Source} promises; above all, an `identity` that changes with the bytes.
   * @throws {RequestError | SourceError} when there is no such thing, or it cannot be opened.
   */
  open(reference: string, options: ReadOptions): Promise<Source>;
}

/** Options of {@link openSource}. */
export interface OpenSourceOptions extends ReadOptions {
  /** Those of further schemes. They come first: one for `https` takes the place of the built-in one. */
  readonly openers?: readonly SourceOpener[] | undefined;
  /** Headers for http and https. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Opens whatever a reference names: a path, a file, http or https URL, or what an opener is there for.
 * @param reference - a path or a URL.
 * @param options - openers, headers, a signal.
 * @throws {RequestError | SourceError} when it cannot be opened.
 */
export async function openSource(reference: string, options: OpenSourceOptions = {}): Promise<Source> {
  const { signal } = options;
  const scheme = schemeOf(reference);
  const opener = options.openers?.find((one) => one.scheme === scheme);
  if (opener !== undefined) return await opener.open(reference, { signal });
  if (scheme === 'http' || scheme === 'https') {
    // Loaded for those who need it: TLS is a good part of the time to start.
    const { openHttp } = await import('./http.js');
    return await openHttp(reference, { ...(options.headers && { headers: options.headers }), signal });
  }
  if (scheme !== 'file' && isUrl(reference)) {
    throw new RequestError(`Nothing is there to open ${scheme} references with.`);
  }
  const path = scheme === 'file' ? fileURLToPath(reference) : reference;
  return await openFile(path, { name: reference, ...(signal && { signal }) });
}

/** Whether a reference is a URL, and not a path that has a colon in it. */
export function isUrl(reference: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(reference);
}

/** Two letters at least: one is the drive of a Windows path. */
function schemeOf(reference: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(reference)?.[1]?.toLowerCase();
}
