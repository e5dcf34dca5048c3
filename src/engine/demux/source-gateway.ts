import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SourceError } from '../../errors.js';
import type { Source } from '../../media/source.js';
import { KeptStream } from './kept-stream.js';

/**
 * Serves one source to libavformat on this machine's loopback interface, under a path that cannot be guessed, while a
 * session lives. Whatever guards and caches the source has stay in force: libavformat opens nothing else.
 */
export interface SourceGateway extends AsyncDisposable {
  /** What libavformat opens. */
  readonly url: string;
  /** Why the source could not be read on; undefined while it could. */
  readonly failure: unknown;
  /** Whether an answer waits for the source at this moment. */
  readonly isWaiting: boolean;
  /** Forgets an earlier failure: a new session begins. */
  reset(): void;
  /** Keeps no more of a source that is not seekable: it is not asked for from its beginning again. */
  forget(): void;
}

const BYTE_RANGE = /^bytes=(\d+)-(\d*)$/;

/**
 * Opens a gateway.
 * @param source - stays the caller's; one that is not seekable is served from its beginning alone, and again only until
 *   {@link SourceGateway.forget}: then, or when too much was read by then, the answer is 410.
 * @throws {SourceError} when this machine has no loopback interface to listen on.
 */
export async function openSourceGateway(source: Source): Promise<SourceGateway> {
  const gateway = new Gateway(source);
  await gateway.listen();
  return gateway;
}

class Gateway implements SourceGateway {
  readonly #source: Source;
  readonly #server: Server;
  readonly #path = `/${randomBytes(32).toString('base64url')}`;
  readonly #closing = new AbortController();
  /** The beginning of a source that cannot be read twice. */
  readonly #kept: KeptStream | undefined;
  /** Ends the answer that such a source is read for. */
  #leaving: AbortController | undefined;
  #failure: unknown;
  #waiting = 0;

  constructor(source: Source) {
    this.#source = source;
    if (!source.seekable) this.#kept = new KeptStream(source);
    this.#server = createServer({ keepAlive: false, noDelay: true }, (request, response) => {
      void this.#answer(request, response);
    });
    // The server alone is no reason for the program to go on: what reads from it is.
    this.#server.unref();
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this.#path}`;
  }

  get failure(): unknown {
    return this.#failure;
  }

  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  reset(): void {
    this.#failure = undefined;
  }

  forget(): void {
    this.#kept?.forget();
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => {
        reject(new SourceError(`The gateway to ${this.#source.name} could not be opened.`, { cause }));
      });
      this.#server.listen(0, '127.0.0.1', () => resolve());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new SourceError('The gateway was closed.'));
    await this.#kept?.[Symbol.asyncDispose]();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { size, seekable } = this.#source;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (request.url !== this.#path || !isRead) {
      end(response, isRead ? 404 : 405);
      return;
    }
    const range = BYTE_RANGE.exec(request.headers.range ?? '');
    const first = Number(range?.[1] ?? 0);
    const last = Math.min(range?.[2] ? Number(range[2]) : Infinity, (size ?? Infinity) - 1);
    if (first > 0 && (!seekable || first > last)) {
      end(response, 416, { 'Content-Range': `bytes */${size ?? '*'}` });
      return;
    }
    if (this.#kept?.isWhole === false) {
      end(response, 410);
      return;
    }
    const isPart = seekable && range !== null && size !== undefined;
    response.writeHead(isPart ? 206 : 200, {
      'Content-Type': 'application/octet-stream',
      ...(seekable ? { 'Accept-Ranges': 'bytes' } : {}),
      ...(Number.isFinite(last) ? { 'Content-Length': String(last - first + 1) } : {}),
      ...(isPart ? { 'Content-Range': `bytes ${first}-${last}/${size}` } : {}),
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    await this.#send(response, first, last);
  }

  /** Sends bytes as fast as they are taken, and stops when nobody takes them any more. */
  async #send(response: ServerResponse, first: number, last: number): Promise<void> {
    const leaving = new AbortController();
    if (this.#kept !== undefined) {
      this.#leaving?.abort(new SourceError('The source is read anew.'));
      this.#leaving = leaving;
    }
    const signal = AbortSignal.any([leaving.signal, this.#closing.signal]);
    response.once('close', () => leaving.abort(new SourceError('The reader has gone.')));
    let left = last - first + 1;
    this.#waiting += 1;
    let isWaiting = true;
    try {
      const stream = this.#kept?.read(signal) ?? this.#source.stream(first, { signal });
      for await (const chunk of stream) {
        this.#waiting -= 1;
        isWaiting = false;
        const piece = chunk.length > left ? chunk.subarray(0, left) : chunk;
        left -= piece.length;
        if (!response.write(piece)) await drained(response, signal);
        if (left <= 0) break;
        this.#waiting += 1;
        isWaiting = true;
      }
      response.end();
    } catch (error) {
      // A reader that left, to begin elsewhere, is no failure; one that waits must not take this for the end.
      if (!signal.aborted) this.#failure ??= error;
      response.destroy();
    } finally {
      if (isWaiting) this.#waiting -= 1;
    }
  }
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      response.off('drain', settle);
      signal.removeEventListener('abort', settle);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    };
    response.once('drain', settle);
    signal.addEventListener('abort', settle);
    if (signal.aborted) settle();
  });
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Length': '0', ...headers });
  response.end();
}
