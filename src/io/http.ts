import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadOptions, Source, StreamOptions } from '../media/source.js';
import { RequestError, SourceError } from '../errors.js';
import { abortable } from './abortable.js';
import { ConnectionError, HttpClient, nameOf, type HttpAnswer } from './http-client.js';
import {
  areSameResource,
  isTransientStatus,
  parseContentLength,
  parseContentRange,
  strongEtag,
  validatorsOf,
  type Validators,
} from './http-headers.js';

/** Options of {@link openHttp}. */
export interface HttpSourceOptions extends ReadOptions {
  /** Headers of every request, such as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for an answer or for more of a body, in milliseconds; 30,000 by default. */
  readonly idleTimeoutMs?: number;
  /** How many times in a row a request that brings no byte is made again; 5 by default. */
  readonly retries?: number;
  /** Wait before the first such repetition, in milliseconds; doubled for each further one. 250 by default. */
  readonly retryDelayMs?: number;
}

/** Bytes that opening reads; the first reads of a container's header are served from them. */
const HEAD_SIZE = 64 * 1024;
const LONGEST_DELAY_MS = 8000;
/** First and largest request for what a reader did not think to need. */
const FIRST_STEP = 256 * 1024;
const LARGEST_STEP = 8 * 1024 * 1024;

/**
 * Opens a resource of a web server.
 * @param address - an http or https URL.
 * @param options - headers, timeouts, a signal.
 * @returns a source that is seekable when the server answers range requests. When it does, a connection that breaks is
 *   opened again where it broke; a resource that is no longer the same is an error.
 * @throws {RequestError} when the address is not an http or https URL.
 * @throws {SourceError} when the server does not answer, or with an error.
 */
export async function openHttp(address: string | URL, options: HttpSourceOptions = {}): Promise<Source> {
  const url = URL.canParse(String(address)) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new RequestError('The address is not an http or https URL.', 'invalid');
  }
  const client = new HttpClient({
    headers: options.headers ?? {},
    idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
  });
  const retries = { limit: options.retries ?? 5, delayMs: options.retryDelayMs ?? 250 };
  try {
    return await retrying(retries, options.signal, () => openOnce(client, url, retries, options.signal));
  } catch (error) {
    client[Symbol.dispose]();
    throw error;
  }
}

interface Retries {
  readonly limit: number;
  readonly delayMs: number;
}

/** What opening learnt. */
interface Opening {
  readonly url: URL;
  readonly size: number | undefined;
  readonly validators: Validators;
  /** The first bytes; undefined when the server does not answer range requests. */
  readonly head: Uint8Array | undefined;
  /** The whole resource, unread, when the server does not answer range requests. */
  readonly whole: HttpAnswer | undefined;
}

async function openOnce(
  client: HttpClient,
  url: URL,
  retries: Retries,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const signals = signal === undefined ? [] : [signal];
  let answer = await client.get(url, { range: `bytes=0-${HEAD_SIZE - 1}` }, signals);
  let range = parseContentRange(answer.headers['content-range']);
  if (answer.status === 206 && range?.total === undefined) {
    // Ranges of something whose size is not known cannot tell its end from a loss: it is read in one piece.
    answer.body.destroy();
    answer = await client.get(url, {}, signals);
    range = undefined;
  }
  checkEncoding(answer);
  const validators = validatorsOf(answer.headers);
  if (answer.status === 416 && range?.total === 0) {
    answer.body.destroy();
    return new HttpSource(client, retries, {
      url,
      size: 0,
      validators,
      head: new Uint8Array(0),
      whole: undefined,
    });
  }
  // Some servers call the whole a range of itself, whatever was asked for.
  const isWhole = range?.total !== undefined && range.total > HEAD_SIZE && range.end === range.total - 1;
  if (answer.status === 206 && range?.total !== undefined && !isWhole) {
    const length = checkRange(answer, 0, HEAD_SIZE, range.total);
    const head = await collect(client.read(answer, signals), length);
    return new HttpSource(client, retries, { url, size: range.total, validators, head, whole: undefined });
  }
  if (answer.status !== 200 && !isWhole) throw statusError(answer);
  const size = parseContentLength(answer.headers['content-length']);
  return new HttpSource(client, retries, { url, size, validators, head: undefined, whole: answer });
}

class HttpSource implements Source {
  readonly name: string;
  readonly size: number | undefined;
  readonly seekable: boolean;
  readonly identity: string | undefined;
  readonly #closing = new AbortController();
  #whole: HttpAnswer | undefined;
  /** Some servers answer every conditional range with the whole; those are then asked without the condition. */
  #ifRange: string | undefined;
  readonly #client: HttpClient;
  readonly #retries: Retries;
  readonly #opening: Opening;

  constructor(client: HttpClient, retries: Retries, opening: Opening) {
    this.#client = client;
    this.#retries = retries;
    this.#opening = opening;
    const etag = strongEtag(opening.validators);
    this.name = nameOf(opening.url);
    this.size = opening.size;
    this.seekable = opening.head !== undefined;
    this.identity = etag === undefined ? undefined : `http:${withoutUser(opening.url)}#${etag}`;
    this.#whole = opening.whole;
    this.#ifRange = etag;
    // Every read that is under way listens.
    setMaxListeners(0, this.#closing.signal);
  }

  async *stream(offset: number, options: StreamOptions = {}): AsyncGenerator<Uint8Array, void> {
    const signals = this.#signals(options.signal);
    if (this.#opening.head !== undefined && this.size !== undefined) {
      yield* this.#ranges(offset, this.size, options.end, signals);
      return;
    }
    const whole = this.#whole;
    if (whole === undefined || offset !== 0) {
      throw new SourceError(
        `${this.name} can be read only once, from its beginning: its server does not answer range requests.`,
        { context: { offset } },
      );
    }
    this.#whole = undefined;
    let received = 0;
    for await (const chunk of this.#client.read(whole, signals)) {
      received += chunk.length;
      yield chunk;
    }
    if (this.size !== undefined && received !== this.size) throw this.#changed(received);
  }

  async read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    const signals = this.#signals(options.signal);
    const { head } = this.#opening;
    if (head === undefined || this.size === undefined) {
      throw new SourceError(`The server of ${this.name} does not answer range requests.`);
    }
    const end = Math.min(offset + length, this.size);
    if (end <= offset) return new Uint8Array(0);
    if (end <= head.length) return head.subarray(offset, end);
    return await collect(this.#range(offset, end, signals), end - offset);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new SourceError(`${this.name} was read after it was closed.`));
    this.#whole?.body.destroy();
    this.#client[Symbol.dispose]();
    return Promise.resolve();
  }

  /** Asks for the bytes up to the end that is wanted, and for what lies behind it a little at a time. */
  async *#ranges(
    offset: number,
    size: number,
    wantedEnd: number | undefined,
    signals: readonly AbortSignal[],
  ): AsyncGenerator<Uint8Array> {
    let position = offset;
    let end = wantedEnd ?? size;
    for (let step = FIRST_STEP; position < size; step = Math.min(2 * step, LARGEST_STEP)) {
      if (end > position) yield* this.#range(position, Math.min(end, size), signals);
      position = Math.max(position, end);
      end = position + step;
    }
  }

  /** Yields the bytes from `offset` to `end`, and opens the connection again where it breaks. */
  async *#range(offset: number, end: number, signals: readonly AbortSignal[]): AsyncGenerator<Uint8Array> {
    let position = offset;
    const head = this.#opening.head!;
    if (position < head.length && position < end) {
      yield head.subarray(position, Math.min(end, head.length));
      position = Math.min(end, head.length);
    }
    let failures = 0;
    while (position < end) {
      let final: Uint8Array | undefined;
      try {
        const answer = await this.#request(position, end, signals);
        const last = position + checkRange(answer, position, end, this.size!);
        for await (const chunk of this.#client.read(answer, signals)) {
          position += chunk.length;
          if (position > last) throw this.#changed(position);
          failures = 0;
          // The last one is kept back until the answer has ended: a reader that leaves with it leaves a connection that
          // can be used again.
          if (position < last) yield chunk;
          else final = chunk;
        }
      } catch (error) {
        const isComplete = final !== undefined && isTransient(error);
        if (!isComplete && (!isTransient(error) || ++failures > this.#retries.limit)) throw error;
        if (!isComplete) await waitBeforeRetry(this.#retries, failures, signals);
      }
      if (final !== undefined) yield final;
    }
  }

  async #request(position: number, end: number, signals: readonly AbortSignal[]): Promise<HttpAnswer> {
    const range = `bytes=${position}-${end === this.size ? '' : end - 1}`;
    const condition = this.#ifRange === undefined ? {} : { 'if-range': this.#ifRange };
    const answer = await this.#client.get(this.#opening.url, { range, ...condition }, signals);
    if (answer.status === 206 && areSameResource(this.#opening.validators, validatorsOf(answer.headers))) {
      checkEncoding(answer);
      return answer;
    }
    answer.body.destroy();
    if (answer.status !== 206 && answer.status !== 200 && answer.status !== 416) throw statusError(answer);
    const isUnchanged = validatorsOf(answer.headers).etag === this.#ifRange;
    if (answer.status !== 200 || this.#ifRange === undefined || !isUnchanged) throw this.#changed(position);
    this.#ifRange = undefined;
    return await this.#request(position, end, signals);
  }

  #signals(signal: AbortSignal | undefined): readonly AbortSignal[] {
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    return signal === undefined ? [this.#closing.signal] : [signal, this.#closing.signal];
  }

  #changed(position: number): SourceError {
    return new SourceError(`${this.name} changed while it was read.`, { context: { offset: position } });
  }
}

/** Runs `work` again as long as it fails for a reason that may pass. */
async function retrying<T>(
  retries: Retries,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      // Nothing has ever been read here: a refused connection or an unknown host is a wrong address, most likely.
      if (!isTransient(error) || isUnreachable(error) || failures > retries.limit) throw error;
      await waitBeforeRetry(retries, failures, signal === undefined ? [] : [signal]);
    }
  }
}

async function waitBeforeRetry(
  retries: Retries,
  failures: number,
  signals: readonly AbortSignal[],
): Promise<void> {
  const stop = new AbortController();
  const delayMs = Math.min(retries.delayMs * 2 ** (failures - 1), LONGEST_DELAY_MS);
  try {
    await abortable(sleep(delayMs, undefined, { signal: stop.signal }), ...signals);
  } finally {
    stop.abort();
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof SourceError)) return false;
  const { status } = error.context;
  return typeof status === 'number' && isTransientStatus(status);
}

function isUnreachable(error: unknown): boolean {
  const code = error instanceof SourceError ? error.context['systemCode'] : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND';
}

/** Checks that a partial answer begins at `offset` and ends by `end`; returns the number of bytes that it promises. */
function checkRange(answer: HttpAnswer, offset: number, end: number, total: number): number {
  const range = parseContentRange(answer.headers['content-range']);
  if (range?.start !== offset || range.end === undefined || range.end >= end || range.total !== total) {
    answer.body.destroy();
    throw new SourceError(`${nameOf(answer.url)} answered with another range than was asked for.`, {
      context: { offset, contentRange: answer.headers['content-range'] },
    });
  }
  return range.end - range.start + 1;
}

function checkEncoding(answer: HttpAnswer): void {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return;
  answer.body.destroy();
  throw new SourceError(
    `${nameOf(answer.url)} is sent with the encoding ${encoding}, which was not asked for.`,
  );
}

function statusError(answer: HttpAnswer): SourceError {
  answer.body.destroy();
  const hint =
    answer.status === 401 || answer.status === 403
      ? ' (permission denied)'
      : answer.status === 404 || answer.status === 410
        ? ' (not found)'
        : '';
  return new SourceError(`${nameOf(answer.url)} answered with HTTP status ${answer.status}${hint}.`, {
    context: { status: answer.status },
  });
}

async function collect(chunks: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of chunks) {
    if (filled + chunk.length > length) {
      throw new SourceError(`The server sent more than the ${length} bytes that it announced.`);
    }
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled < length) {
    throw new ConnectionError(`The connection ended ${length - filled} bytes before the end of the range.`);
  }
  return bytes;
}

function withoutUser(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare.href;
}
