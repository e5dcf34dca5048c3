import { Buffer } from 'node:buffer';
import * as http from 'node:http';
import * as https from 'node:https';
import { SourceError } from '../errors.js';

/** How an {@link HttpClient} behaves. */
export interface HttpClientOptions {
  /** Headers of every request. `Authorization` and `Cookie` stay behind when a redirect leads to another origin. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest wait for an answer, and then for each piece of its body, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** The head of an answer, and its body, which must be read to its end or discarded. */
export interface HttpAnswer {
  /** Where redirects led. */
  readonly url: URL;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
}

/** A connection failed, broke or fell silent. The same request may succeed later. */
export class ConnectionError extends SourceError {}

const MAX_REDIRECTS = 10;
/** Range requests of one source run side by side only as far as demuxing and probing overlap. */
const MAX_SOCKETS = 8;

/**
 * An HTTP client for one source. Not `fetch`: its connections end with the source, bodies are not decompressed behind
 * our back, and a body costs no web stream, which limits throughput.
 */
export class HttpClient implements Disposable {
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, scheduling: 'lifo' }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, scheduling: 'lifo' }),
  };
  readonly #options: HttpClientOptions;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /**
   * Makes a GET request and follows redirects.
   * @param url - http or https; a user name and password in it become an `Authorization` header.
   * @param headers - of this request, beside the client's own.
   * @param signals - each ends the request and the reading of its body.
   * @throws {ConnectionError} when there is no connection or no answer in time.
   * @throws {SourceError} when a redirect cannot be followed.
   */
  async get(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signals: readonly AbortSignal[],
  ): Promise<HttpAnswer> {
    let target = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const isSameOrigin = target.origin === url.origin;
      const body = await this.#send(target, { ...this.#ownHeaders(isSameOrigin, url), ...headers }, signals);
      const status = body.statusCode ?? 0;
      const { location } = body.headers;
      if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
        return { url: target, status, headers: body.headers, body };
      }
      body.destroy();
      target = resolveRedirect(location, target);
    }
    throw new SourceError(`${nameOf(url)} leads to more than ${MAX_REDIRECTS} redirects.`);
  }

  /**
   * Reads an answer's body.
   * @param answer - not read before.
   * @param signals - each ends the reading.
   * @throws {ConnectionError} when the connection breaks before the end that the headers announce, or falls silent.
   *   The time that the reader itself takes does not count.
   */
  async *read(answer: HttpAnswer, signals: readonly AbortSignal[]): AsyncGenerator<Uint8Array, void> {
    const { body } = answer;
    let isWaiting = true;
    const timer = setTimeout(() => {
      if (isWaiting) body.destroy(this.#silence(answer.url));
    }, this.#options.idleTimeoutMs);
    const stop = (): void => void body.destroy();
    for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
    try {
      throwIfAborted(signals);
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        isWaiting = false;
        yield chunk;
        throwIfAborted(signals);
        isWaiting = true;
        timer.refresh();
      }
      throwIfAborted(signals);
    } catch (error) {
      throwIfAborted(signals);
      throw asConnectionError(error, answer.url);
    } finally {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', stop);
      body.destroy();
    }
  }

  /** Ends all connections, those in use too. */
  [Symbol.dispose](): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #ownHeaders(isSameOrigin: boolean, url: URL): Record<string, string> {
    const own: Record<string, string> = { 'user-agent': 'segmint', 'accept-encoding': 'identity' };
    if (isSameOrigin && (url.username !== '' || url.password !== '')) {
      const userInfo = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      own['authorization'] = `Basic ${Buffer.from(userInfo).toString('base64')}`;
    }
    for (const [name, value] of Object.entries(this.#options.headers)) {
      const isSecret = /^(authorization|cookie|proxy-authorization)$/i.test(name);
      if (isSameOrigin || !isSecret) own[name.toLowerCase()] = value;
    }
    return own;
  }

  #send(
    url: URL,
    headers: Record<string, string>,
    signals: readonly AbortSignal[],
  ): Promise<http.IncomingMessage> {
    const target = bare(url);
    return new Promise((resolve, reject) => {
      const sent =
        url.protocol === 'https:'
          ? https.request(target, { headers, agent: this.#agents['https:'] })
          : http.request(target, { headers, agent: this.#agents['http:'] });
      const timer = setTimeout(() => sent.destroy(this.#silence(url)), this.#options.idleTimeoutMs);
      const stop = (): void => void sent.destroy();
      const settle = (): void => {
        clearTimeout(timer);
        for (const signal of signals) signal.removeEventListener('abort', stop);
      };
      for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
      sent.once('response', (answer) => {
        settle();
        // What goes wrong from here on reaches whoever reads the body.
        answer.on('error', () => undefined);
        resolve(answer);
      });
      sent.on('error', (error) => {
        settle();
        try {
          throwIfAborted(signals);
          reject(asConnectionError(error, url));
        } catch (reason) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own.
          reject(reason);
        }
      });
      sent.end();
      if (signals.some((signal) => signal.aborted)) stop();
    });
  }

  #silence(url: URL): ConnectionError {
    return new ConnectionError(
      `${nameOf(url)} sent nothing for ${this.#options.idleTimeoutMs / 1000} seconds.`,
      { context: { timeout: true } },
    );
  }
}

/** A URL for people: without user, password, query and fragment, which may hold secrets. */
export function nameOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function bare(url: URL): URL {
  const target = new URL(url);
  target.username = '';
  target.password = '';
  target.hash = '';
  return target;
}

function resolveRedirect(location: string, from: URL): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (target?.protocol !== 'http:' && target?.protocol !== 'https:') {
    throw new SourceError(`${nameOf(from)} redirects to an address that cannot be followed.`);
  }
  return target;
}

function throwIfAborted(signals: readonly AbortSignal[]): void {
  for (const signal of signals) signal.throwIfAborted();
}

function asConnectionError(error: unknown, url: URL): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return new ConnectionError(`${nameOf(url)} could not be read: ${describe(code, error)}.`, {
    cause: error,
    context: { systemCode: code },
  });
}

function describe(code: string | undefined, error: unknown): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ENOTFOUND':
      return 'there is no host of this name';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return 'the connection was lost';
    default:
      return error instanceof Error && error.message !== '' ? error.message : (code ?? 'unknown error');
  }
}
