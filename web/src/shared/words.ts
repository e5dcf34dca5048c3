// Numbers and errors as people read them.

/** Why something failed, as far as it is known. */
export interface Failure {
  /** One sentence, to be read on the page. */
  readonly message: string;
  /** The server's code for this kind of error; absent where the server did not say it. */
  readonly code?: string;
  /** HTTP status of the answer. */
  readonly status?: number;
  /** By which the server's log knows the request. */
  readonly requestId?: string;
  /** Seconds after which the same may succeed, where the server told. */
  readonly retryAfter?: number;
}

/** An error whose message is meant to be read on the page. */
export class Problem extends Error {
  readonly failure: Failure;

  constructor(failure: Failure | string) {
    const known = typeof failure === 'string' ? { message: failure } : failure;
    super(known.message);
    this.failure = known;
  }
}

/** Whether the server refuses, and would so the next time: what it was asked for is at fault, and not how busy it is. */
export function isRefusal({ status = 0 }: Failure): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/** A time in seconds as 1:02:03 or 2:03. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** A number of bytes as 1.2 GB. */
export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A file's name without its ending. */
export function titleOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/\.[^.]{1,5}$/, '');
}

/** A BCP-47 tag as the language's name. */
export function language(tag: string | undefined): string {
  if (!tag || tag === 'und') return '';
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** What an answer of the server that is not a good one says. */
export async function problemOf(response: Response): Promise<Failure> {
  const text = await response.text().catch(() => '');
  return failureOf(text, response.status, (name) => response.headers.get(name));
}

/** The same of a request that hls.js made. */
export function problemIn(request: XMLHttpRequest | undefined): Failure {
  const { status = 0 } = request ?? {};
  const response: unknown = request?.response;
  const text = response instanceof ArrayBuffer ? new TextDecoder().decode(response) : response;
  return failureOf(
    typeof text === 'string' ? text : '',
    status,
    (name) => request?.getResponseHeader(name) ?? null,
  );
}

function failureOf(body: string, status: number, header: (name: string) => string | null): Failure {
  const requestId = header('x-request-id');
  const retryAfter = header('retry-after');
  const facts = {
    status,
    ...(requestId === null ? {} : { requestId }),
    ...(/^\d{1,6}$/.test(retryAfter ?? '') && { retryAfter: Number(retryAfter) }),
  };
  try {
    const { code, message } = (JSON.parse(body) as { error: { code: string; message: string } }).error;
    return { message, code, ...facts };
  } catch {
    return { message: `The server answered with status ${status}.`, ...facts };
  }
}

/** Why a media element gave up. */
export function mediaProblem(error: MediaError | null): string {
  switch (error?.code) {
    case MediaError.MEDIA_ERR_NETWORK:
      return 'The connection to the server was lost.';
    case MediaError.MEDIA_ERR_DECODE:
      return `This browser could not decode the stream. ${error.message}`;
    case MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED:
      return `This browser cannot play the stream. ${error.message}`;
    default:
      return error?.message ?? 'Playing failed.';
  }
}
