import { RequestError, SourceError } from '../errors.js';
import { abortable } from './abortable.js';
import type { HttpAnswer, HttpClient } from './http-client.js';
import { ConnectionError } from './http-errors.js';
import { parseContentLength, parseContentRange, parseRetryAfter } from './http-headers.js';
import { ServerRest } from './server-rest.js';

/** Where a resource is; a function is asked again when what it gave before is no longer good. */
export type HttpAddress = string | URL | (() => URL | string | Promise<URL | string>);

/** Statuses of an address that was good once, but only for a time: a signature has expired, a mirror has moved on. */
const EXPIRED: readonly number[] = [401, 403, 404, 410];

/** One resource of a web server: where it is now, and how it answers. */
export class HttpResource {
  /** For people. */
  readonly name: string;
  readonly #client: HttpClient;
  readonly #address: HttpAddress;
  /** What the address said last. */
  #home: URL;
  /** What the address said last may be used once more before it is asked again. */
  #isHomeFresh = true;
  /** Where redirects from there led, which saves following them for each request. */
  #target: URL | undefined;
  readonly #rest = new ServerRest();

  /**
   * @param client - makes the requests.
   * @param address - http or https.
   * @param home - what the address has just given.
   * @param name - for people.
   */
  constructor(client: HttpClient, address: HttpAddress, home: URL, name: string) {
    this.#client = client;
    this.#address = address;
    this.#home = home;
    this.name = name;
  }

  /**
   * Makes a GET request, at the place where the last one was answered. When that is no longer good, the resource's address
   * is asked again, once.
   * @param headers - of this request.
   * @param signals - each ends the request.
   * @throws {ConnectionError | SourceError | RequestError} as the client does, or when the address is no URL; what the server
   * answered last, without asking it, for as long as it wants to be left alone.
   */
  async get(headers: Readonly<Record<string, string>>, signals: readonly AbortSignal[]): Promise<HttpAnswer> {
    this.#rest.check();
    const known = this.#target;
    if (known !== undefined) {
      const answer = await this.#getFrom(known, this.#home, headers, signals);
      if (!EXPIRED.includes(answer.status)) return answer;
      answer.body.destroy();
    }
    const home = this.#isHomeFresh ? this.#home : await abortable(this.#locate(), ...signals);
    this.#isHomeFresh = false;
    this.#home = home;
    const answer = await this.#getFrom(home, home, headers, signals);
    const isTemporary = typeof this.#address === 'function' || answer.url.origin !== home.origin;
    const isElsewhere =
      isTemporary || answer.url.pathname !== home.pathname || answer.url.search !== home.search;
    this.#target = isElsewhere && answer.status < 400 ? answer.url : undefined;
    return answer;
  }

  /** Reads an answer's body: {@link HttpClient.read}. */
  read(answer: HttpAnswer, signals: readonly AbortSignal[]): AsyncGenerator<Uint8Array, void> {
    return this.#client.read(answer, signals);
  }

  /**
   * Checks that a partial answer begins at `offset` and ends by `end`.
   * @param total - size of the whole.
   * @returns the number of bytes that it promises.
   * @throws {SourceError} when it is another part, or of another whole, or longer than it says.
   */
  checkRange(answer: HttpAnswer, offset: number, end: number, total: number): number {
    const range = parseContentRange(answer.headers['content-range']);
    if (range?.start !== offset || range.end === undefined || range.end >= end || range.total !== total) {
      answer.body.destroy();
      throw new SourceError(`${this.name} answered with another range than was asked for.`, {
        context: { offset, contentRange: answer.headers['content-range'] },
      });
    }
    const promised = range.end - range.start + 1;
    const length = parseContentLength(answer.headers['content-length']) ?? promised;
    // Whoever waited for the rest would wait until the connection falls silent, only to find that it is no part of it.
    if (length > promised) {
      answer.body.destroy();
      throw new SourceError(`${this.name} announced ${length} bytes for a range of ${promised}.`, {
        context: { offset },
      });
    }
    return promised;
  }

  /** @throws {SourceError} when the bytes are not those of the resource itself. */
  checkEncoding(answer: HttpAnswer): void {
    const encoding = answer.headers['content-encoding'] ?? 'identity';
    if (encoding === 'identity') return;
    answer.body.destroy();
    throw new SourceError(`${this.name} is sent with the encoding ${encoding}, which was not asked for.`);
  }

  /** Discards an answer, and makes an error of its status. */
  statusError(answer: HttpAnswer): SourceError {
    answer.body.destroy();
    const { status } = answer;
    const isForbidden = status === 401 || status === 403;
    const hint = isForbidden
      ? ' (permission denied)'
      : status === 404 || status === 410
        ? ' (not found)'
        : '';
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], Date.now());
    const error = new SourceError(`${this.name} answered with HTTP status ${status}${hint}.`, {
      context: { status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    });
    this.#rest.begin(error);
    return error;
  }

  async #getFrom(
    url: URL,
    home: URL,
    headers: Readonly<Record<string, string>>,
    signals: readonly AbortSignal[],
  ): Promise<HttpAnswer> {
    try {
      return await this.#client.get(url, home, headers, signals);
    } catch (error) {
      // The repetition begins at the address itself: a mirror may be gone.
      if (error instanceof ConnectionError) this.#target = undefined;
      throw error;
    }
  }

  async #locate(): Promise<URL> {
    const given = typeof this.#address === 'function' ? await this.#address() : this.#address;
    return parseHttpUrl(given);
  }
}

/**
 * Parses an http or https URL.
 * @throws {RequestError} when it is none.
 */
export function parseHttpUrl(address: string | URL): URL {
  const url = URL.canParse(String(address)) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new RequestError('The address is not an http or https URL.', 'invalid');
  }
  return url;
}
