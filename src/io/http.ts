import type { ReadOptions, Source } from '../media/source.js';
import { HttpClient } from './http-client.js';
import { isUnreachable, nameOf } from './http-errors.js';
import {
  parseContentLength,
  parseContentRange,
  strongValidator,
  validatorsOf,
  type Validators,
} from './http-headers.js';
import { HttpPool } from './http-pool.js';
import { checkRequestHeaders } from './http-request-headers.js';
import { HttpResource, parseHttpUrl, type HttpAddress } from './http-resource.js';
import { isTransient, waitBeforeRetry, type RetryPolicy } from './http-retry.js';
import { collect, HttpSource, type HttpOpening } from './http-source.js';

/** Options of {@link openHttp}. */
export interface HttpSourceOptions extends ReadOptions {
  /** For people; the URL without its secrets by default. */
  readonly name?: string | undefined;
  /**
   * Names the resource, apart from its state. The URL by default; to be given where that changes and the resource does
   * not, as with signed URLs.
   */
  readonly resource?: string | undefined;
  /** Headers of every request, such as `Authorization`. Those that may be secrets go to the address's own origin only. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for a connection, an answer or more of a body, in milliseconds; 30,000 by default. */
  readonly idleTimeoutMs?: number;
  /** How many times in a row a request that brings no byte is made again; 5 by default. */
  readonly retries?: number;
  /**
   * Wait before the first such repetition, in milliseconds; doubled for each further one, and varied by chance. 250 by
   * default. A server's `Retry-After` is honoured up to 30 seconds.
   */
  readonly retryDelayMs?: number;
  /** Connections, which sources may share; stays the caller's. The source has its own when absent. */
  readonly pool?: HttpPool | undefined;
}

/** Bytes that opening reads; the first reads of a container's header are served from them. */
const HEAD_SIZE = 64 * 1024;

/**
 * Opens a resource of a web server.
 * @param address - an http or https URL, or a function that gives one: it is asked again when what it gave is refused
 *   later, as signed URLs are that have expired.
 * @param options - headers, timeouts, a signal.
 * @returns a source that is seekable when the server answers range requests. When it does, a connection that breaks is
 *   opened again where it broke; a resource that is no longer the same is an error.
 * @throws {RequestError} when the address is not an http or https URL, or a header cannot be set; `forbidden` when
 *   the pool's guard does not let the address through.
 * @throws {SourceError} when the server does not answer, or with an error.
 */
export async function openHttp(address: HttpAddress, options: HttpSourceOptions = {}): Promise<Source> {
  const headers = checkRequestHeaders(options.headers ?? {});
  const first = parseHttpUrl(typeof address === 'function' ? await address() : address);
  const name = options.name ?? nameOf(first);
  const ownPool = options.pool === undefined ? new HttpPool() : undefined;
  const pool = options.pool ?? ownPool!;
  const client = new HttpClient({ pool, name, headers, idleTimeoutMs: options.idleTimeoutMs ?? 30_000 });
  const resource = new HttpResource(client, address, first, name);
  const retries = { limit: options.retries ?? 5, delayMs: options.retryDelayMs ?? 250 };
  const closePool = (): void => ownPool?.[Symbol.dispose]();
  try {
    const signals = options.signal === undefined ? [] : [options.signal];
    const answered = await repeating(retries, signals, () => openOnce(resource, signals));
    const identity = identify(options.resource ?? withoutUser(first), answered);
    return new HttpSource(resource, { ...answered, identity }, retries, closePool);
  } catch (error) {
    closePool();
    throw error;
  }
}

type Answered = Omit<HttpOpening, 'identity'>;

async function openOnce(resource: HttpResource, signals: readonly AbortSignal[]): Promise<Answered> {
  let answer = await resource.get({ range: `bytes=0-${HEAD_SIZE - 1}` }, signals);
  let range = parseContentRange(answer.headers['content-range']);
  if (answer.status === 206 && range?.total === undefined) {
    // Ranges of something whose size is not known cannot tell its end from a loss: it is read in one piece.
    answer.body.destroy();
    answer = await resource.get({}, signals);
    range = undefined;
  }
  // The page that goes with an error is not the resource, and may come as it likes.
  if (answer.status === 200 || answer.status === 206) resource.checkEncoding(answer);
  const validators = validatorsOf(answer.headers);
  if (answer.status === 416 && range?.total === 0) {
    answer.body.destroy();
    return { size: 0, validators, head: new Uint8Array(0), whole: undefined };
  }
  // Some servers call the whole a range of itself, whatever was asked for.
  const isWhole = range?.total !== undefined && range.total > HEAD_SIZE && range.end === range.total - 1;
  if (answer.status === 206 && range?.total !== undefined && !isWhole) {
    const length = resource.checkRange(answer, 0, HEAD_SIZE, range.total);
    const head = await collect(resource.read(answer, signals), length);
    return { size: range.total, validators, head, whole: undefined };
  }
  if (answer.status !== 200 && !isWhole) throw resource.statusError(answer);
  const size = parseContentLength(answer.headers['content-length']);
  return { size, validators, head: undefined, whole: answer };
}

/** Runs `work` again as long as it fails for a reason that may pass. */
async function repeating<T>(
  retries: RetryPolicy,
  signals: readonly AbortSignal[],
  work: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      // Nothing has ever been read here: a refused connection or an unknown host is a wrong address, most likely.
      if (!isTransient(error) || isUnreachable(error) || failures > retries.limit) throw error;
      await waitBeforeRetry(retries, error, failures, signals);
    }
  }
}

/** With a date alone, the size says a little more. */
function identify(
  resource: string,
  { validators, size }: { validators: Validators; size: number | undefined },
): string | undefined {
  const validator = strongValidator(validators);
  if (validator === undefined) return undefined;
  return `http:${resource}#${validator.startsWith('"') ? validator : `${validator} ${size ?? '*'}`}`;
}

function withoutUser(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare.href;
}
