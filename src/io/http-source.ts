import { setMaxListeners } from 'node:events';
import type { ReadOptions, Source, StreamOptions } from '../media/source.js';
import { SourceError } from '../errors.js';
import { LEAST_PROGRESS, type HttpAnswer } from './http-client.js';
import { ConnectionError } from './http-errors.js';
import { areSameResource, strongValidator, validatorsOf, type Validators } from './http-headers.js';
import type { HttpResource } from './http-resource.js';
import { isTransient, waitBeforeRetry, type RetryPolicy } from './http-retry.js';

/** What opening a resource learnt. */
export interface HttpOpening {
  readonly size: number | undefined;
  readonly validators: Validators;
  readonly identity: string | undefined;
  /** The first bytes; undefined when the server does not answer range requests. */
  readonly head: Uint8Array | undefined;
  /** The whole resource, unread, when the server does not answer range requests. */
  readonly whole: HttpAnswer | undefined;
}

/** First and largest request for what a reader did not think to need. */
const FIRST_STEP = 256 * 1024;
const LARGEST_STEP = 8 * 1024 * 1024;

/** A resource that has been opened. Where its connection breaks it is opened again; when it has changed, it fails. */
export class HttpSource implements Source {
  readonly name: string;
  readonly size: number | undefined;
  readonly seekable: boolean;
  readonly identity: string | undefined;
  readonly #closing = new AbortController();
  #whole: HttpAnswer | undefined;
  /** Some servers answer every conditional range with the whole; those are then asked without the condition. */
  #ifRange: string | undefined;
  readonly #resource: HttpResource;
  readonly #retries: RetryPolicy;
  readonly #opening: HttpOpening;
  readonly #onClose: () => void;

  /**
   * @param resource - makes the requests.
   * @param opening - what is known of it.
   * @param retries - how often a request is repeated.
   * @param onClose - called when the source is closed.
   */
  constructor(resource: HttpResource, opening: HttpOpening, retries: RetryPolicy, onClose: () => void) {
    this.#resource = resource;
    this.#opening = opening;
    this.#retries = retries;
    this.#onClose = onClose;
    this.name = resource.name;
    this.size = opening.size;
    this.seekable = opening.head !== undefined;
    this.identity = opening.identity;
    this.#whole = opening.whole;
    this.#ifRange = strongValidator(opening.validators);
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
    for await (const chunk of this.#resource.read(whole, signals)) {
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
    this.#onClose();
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
      const begun = position;
      let final: Uint8Array | undefined;
      try {
        const answer = await this.#request(position, end, signals);
        const last = position + this.#resource.checkRange(answer, position, end, this.size!);
        for await (const chunk of this.#resource.read(answer, signals)) {
          position += chunk.length;
          if (position > last) throw this.#changed(position);
          // The last one is kept back until the answer has ended: a reader that leaves with it leaves a connection that
          // can be used again.
          if (position < last) yield chunk;
          else final = chunk;
        }
        if (position === begun) throw this.#nothingCame();
        failures = 0;
      } catch (error) {
        const isSlow = error instanceof ConnectionError && error.context['timeout'] === true;
        if (position - begun >= (isSlow ? LEAST_PROGRESS : 1)) failures = 0;
        const isComplete = final !== undefined && isTransient(error);
        if (!isComplete && (!isTransient(error) || ++failures > this.#retries.limit)) throw error;
        if (!isComplete) await waitBeforeRetry(this.#retries, error, failures, signals);
      }
      if (final !== undefined) yield final;
    }
  }

  async #request(position: number, end: number, signals: readonly AbortSignal[]): Promise<HttpAnswer> {
    const range = `bytes=${position}-${end === this.size ? '' : end - 1}`;
    // Another read may do without the condition by the time this one is answered.
    const asked = this.#ifRange;
    const condition = asked === undefined ? {} : { 'if-range': asked };
    const answer = await this.#resource.get({ range, ...condition }, signals);
    const validators = validatorsOf(answer.headers);
    const isSame = areSameResource(this.#opening.validators, validators);
    if (answer.status === 206 && isSame) {
      this.#resource.checkEncoding(answer);
      return answer;
    }
    answer.body.destroy();
    if (answer.status !== 206 && answer.status !== 200 && answer.status !== 416) {
      throw this.#resource.statusError(answer);
    }
    const { etag, lastModified } = validators;
    const isUnchanged = asked !== undefined && [etag, lastModified].includes(asked);
    if (answer.status !== 200 || !isSame || !isUnchanged) throw this.#changed(position);
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

  #nothingCame(): ConnectionError {
    return new ConnectionError(`The server of ${this.name} sent nothing of the range that it announced.`);
  }
}

/**
 * Joins an answer's chunks.
 * @param length - bytes that were announced.
 * @throws {ConnectionError} when fewer come, {@link SourceError} when more do.
 */
export async function collect(chunks: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
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
