import { OverloadedError, RequestError, SegmintError, SourceError, type ErrorCode } from '../errors.js';
import { LONGEST_REST_MS, retryAfterOf as restOf } from '../io/server-rest.js';

/** An error as the HTTP interface shows it. */
export interface ErrorResponse {
  /** HTTP status. */
  readonly status: number;
  /** Further headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body. */
  readonly body: {
    readonly error: {
      /** The code of the taxonomy. */
      readonly code: ErrorCode;
      /** One sentence for a person. */
      readonly message: string;
      /** Where in the media it happened, where that is known. */
      readonly context?: Readonly<Record<string, string | number>>;
    };
  };
}

/** The status of each kind of error; those of sources and requests depend on more than the kind. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  malformed_media: 422,
  unsupported_media: 415,
  limit_exceeded: 422,
  source_failed: 502,
  engine_failed: 500,
  overloaded: 503,
  bad_request: 400,
  invariant: 500,
};

const REQUEST_STATUS: Readonly<Record<RequestError['reason'], number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
};

/** Facts about the media that may leave the server; others may name paths or hosts. */
const PUBLIC_CONTEXT = ['offset', 'element', 'spec', 'track'] as const;

/** Seconds after which a client that met a full server may try again, where the error does not say. */
const RETRY_AFTER = 5;

/** Puts any error into the form that the HTTP interface shows. What is not of the taxonomy is not shown. */
export function errorResponse(error: unknown): ErrorResponse {
  if (!(error instanceof SegmintError) || error.code === 'invariant') {
    const status = statusOfFramework(error);
    if (status !== undefined) return plain(status, 'bad_request', 'The request is not a valid one.');
    return plain(500, 'invariant', 'Something went wrong inside segmint.');
  }
  const context: Record<string, string | number> = {};
  for (const key of PUBLIC_CONTEXT) {
    const value = error.context[key];
    if (value !== undefined) context[key] = value;
  }
  const body = {
    code: error.code,
    message: error.message,
    ...(Object.keys(context).length === 0 ? {} : { context }),
  };
  const retryAfter = retryAfterOf(error);
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return { status: statusOf(error), headers, body: { error: body } };
}

/** Seconds after which the same request may succeed; undefined where nobody can tell that it will. */
function retryAfterOf(error: SegmintError): number | undefined {
  if (error instanceof OverloadedError) {
    const { retryAfterSeconds } = error.context;
    return typeof retryAfterSeconds === 'number' ? retryAfterSeconds : RETRY_AFTER;
  }
  if (!isOfBusyServer(error)) return undefined;
  const restMs = restOf(error);
  return restMs === undefined
    ? RETRY_AFTER
    : Math.max(1, Math.ceil(Math.min(restMs, LONGEST_REST_MS) / 1000));
}

/** Whether the server that a source is read from has too much to do, or asks to be left alone for a while. */
function isOfBusyServer(error: SegmintError): boolean {
  if (!(error instanceof SourceError)) return false;
  const { status } = error.context;
  return status === 429 || status === 503 || restOf(error) !== undefined;
}

function statusOf(error: SegmintError): number {
  if (error instanceof RequestError) return REQUEST_STATUS[error.reason];
  if (error instanceof SourceError && error.context['timeout'] === true) return 504;
  if (isOfBusyServer(error)) return 503;
  // One client asks for too much, which is no fault of the server.
  if (error instanceof OverloadedError && error.context['isClient'] === true) return 429;
  return STATUS[error.code];
}

/** The web framework refuses requests that it cannot parse with errors of its own. */
function statusOfFramework(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function plain(status: number, code: ErrorCode, message: string): ErrorResponse {
  return { status, headers: {}, body: { error: { code, message } } };
}
