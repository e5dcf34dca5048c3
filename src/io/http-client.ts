import type * as http from 'node:http';
import { RequestError, SegmintError, SourceError } from '../errors.js';
import { asConnectionError, codeOf, ConnectionError } from './http-errors.js';
import type { HttpPool } from './http-pool.js';
import { requestHeaders } from './http-request-headers.js';

/** How an {@link HttpClient} behaves. */
export interface HttpClientOptions {
  /** Connections. */
  readonly pool: HttpPool;
  /** What errors call the source: they name no address that a redirect led to. */
  readonly name: string;
  /** Headers of every request, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest wait for a connection, for an answer, and then for each piece of its body, in milliseconds. */
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

/**
 * Bytes that count as progress. Less within the idle timeout is as good as silence: nothing can be watched at that pace, and
 * whoever reads would be held up for good.
 */
export const LEAST_PROGRESS = 4 * 1024;

const MAX_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Makes the requests of one source. Not by `fetch`: every address is judged while it is connected to, redirects are
 * followed by hand, bodies are not decompressed behind our back, and a body costs no web stream, which limits throughput.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;

  /** @param options - connections, headers, timeouts. */
  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /**
   * Makes a GET request and follows redirects.
   * @param url - http or https.
   * @param home - the address of the source; secrets are sent to its origin only. A user name and password in it become
   *   an `Authorization` header.
   * @param headers - of this request, beside the client's own.
   * @param signals - each ends the request and the reading of its body.
   * @throws {ConnectionError} when there is no connection or no answer in time.
   * @throws {SourceError} when a redirect cannot be followed.
   * @throws {RequestError} `forbidden` when the pool's guard does not let an address through.
   */
  async get(
    url: URL,
    home: URL,
    headers: Readonly<Record<string, string>>,
    signals: readonly AbortSignal[],
  ): Promise<HttpAnswer> {
    let target = bare(url);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      this.#options.pool.guard?.checkUrl(target);
      const all = { ...requestHeaders(this.#options.headers, target, home), ...headers };
      const body = await this.#sendOnLiveConnection(target, all, signals);
      const status = body.statusCode ?? 0;
      const { location } = body.headers;
      if (!REDIRECTS.includes(status) || location === undefined) {
        return { url: target, status, headers: body.headers, body };
      }
      body.destroy();
      target = this.#resolveRedirect(location, target);
    }
    throw new SourceError(`${this.#options.name} leads to more than ${MAX_REDIRECTS} redirects.`);
  }

  /**
   * Reads an answer's body.
   * @param answer - not read before.
   * @param signals - each ends the reading.
   * @throws {ConnectionError} when the connection breaks before the end that the headers announce, or falls silent or
   *   nearly so. The time that the reader itself takes does not count.
   */
  async *read({ body }: HttpAnswer, signals: readonly AbortSignal[]): AsyncGenerator<Uint8Array, void> {
    const { idleTimeoutMs } = this.#options;
    let isWaiting = true;
    const giveUp = (): void => {
      if (isWaiting) body.destroy(this.#silence());
    };
    let timer = setTimeout(giveUp, idleTimeoutMs);
    /** Since the last progress: bytes that came, and milliseconds waited for them. */
    let came = 0;
    let waitedMs = 0;
    let askedAt = performance.now();
    const stop = (): void => void body.destroy();
    for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
    try {
      throwIfAborted(signals);
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        isWaiting = false;
        came += chunk.length;
        waitedMs += performance.now() - askedAt;
        if (came >= LEAST_PROGRESS) came = waitedMs = 0;
        yield chunk;
        throwIfAborted(signals);
        isWaiting = true;
        askedAt = performance.now();
        clearTimeout(timer);
        timer = setTimeout(giveUp, idleTimeoutMs - waitedMs);
      }
      throwIfAborted(signals);
    } catch (error) {
      throwIfAborted(signals);
      throw asConnectionError(this.#options.name, error);
    } finally {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', stop);
      body.destroy();
    }
  }

  /** A connection that was kept may be closed by its server at the instant it is used: that tells nothing yet. */
  async #sendOnLiveConnection(
    url: URL,
    headers: Record<string, string>,
    signals: readonly AbortSignal[],
  ): Promise<http.IncomingMessage> {
    for (;;) {
      const { host } = url;
      const giveBack = await this.#options.pool.limit.take(host, this.#options.idleTimeoutMs, signals);
      const sent = this.#options.pool.request(url, headers);
      sent.once('close', giveBack);
      try {
        return await this.#send(sent, signals);
      } catch (error) {
        if (signals.some(({ aborted }) => aborted) || error instanceof SegmintError) throw error;
        const wasClosed = sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
        if (!wasClosed) throw asConnectionError(this.#options.name, error);
      }
    }
  }

  #send(sent: http.ClientRequest, signals: readonly AbortSignal[]): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => sent.destroy(this.#silence()), this.#options.idleTimeoutMs);
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
        const aborted = signals.find((signal) => signal.aborted);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own.
        reject(aborted === undefined ? refusalIn(error) : aborted.reason);
      });
      sent.end();
      if (signals.some((signal) => signal.aborted)) stop();
    });
  }

  #resolveRedirect(location: string, from: URL): URL {
    const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (target?.protocol !== 'http:' && target?.protocol !== 'https:') {
      throw new SourceError(`${this.#options.name} redirects to an address that cannot be followed.`);
    }
    return bare(target);
  }

  #silence(): ConnectionError {
    const seconds = this.#options.idleTimeoutMs / 1000;
    return new ConnectionError(
      `${this.#options.name} sent nothing, or next to nothing, for ${seconds} seconds.`,
      {
        context: { timeout: true },
      },
    );
  }
}

/** Node may try several addresses, and then gives one error for all; a refusal of the guard counts before others. */
function refusalIn(error: Error): Error {
  if (!(error instanceof AggregateError)) return error;
  return (error.errors as Error[]).find((one) => one instanceof RequestError) ?? error;
}

function bare(url: URL): URL {
  const target = new URL(url);
  target.username = '';
  target.password = '';
  target.hash = '';
  return target;
}

function throwIfAborted(signals: readonly AbortSignal[]): void {
  for (const signal of signals) signal.throwIfAborted();
}
