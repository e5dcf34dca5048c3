import { SourceError } from '../errors.js';
import { systemCodeOf } from './system-code.js';

/** A connection failed, broke or fell silent. The same request may succeed later. */
export class ConnectionError extends SourceError {}

/** There is no way to the server: a repetition would fail in the same way. */
const HOPELESS = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ENOTFOUND', 'there is no host of this name'],
  ['CERT_HAS_EXPIRED', 'the certificate of its server has expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate of its server is not to be trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate of its server is not to be trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the certificate of its server is not to be trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the certificate of its server is not to be trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate of its server is for another host'],
]);

const PASSING = new Map([
  ['ECONNRESET', 'the connection was lost'],
  ['ECONNABORTED', 'the connection was lost'],
  ['EPIPE', 'the connection was lost'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'the connection was lost'],
  ['ETIMEDOUT', 'its server could not be reached in time'],
  ['EHOSTUNREACH', 'its server could not be reached'],
  ['ENETUNREACH', 'its server could not be reached'],
  ['EAI_AGAIN', 'the name of its host could not be looked up'],
]);

/**
 * Puts what a request failed with into words. The system's own are kept as the cause: they name addresses.
 * @param name - of the source.
 * @param error - what was thrown.
 */
export function asConnectionError(name: string, error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const code = codeOf(error);
  const reason =
    HOPELESS.get(code) ??
    PASSING.get(code) ??
    (code.startsWith('HPE_') ? 'its server does not speak HTTP' : `the connection failed (${code})`);
  return new ConnectionError(`${name} could not be read: ${reason}.`, {
    cause: error,
    context: { systemCode: code, ...(code === 'ETIMEDOUT' && { timeout: true }) },
  });
}

/** The system's or Node's code of an error. */
export function codeOf(error: unknown): string {
  // Several addresses of a host were tried.
  const one = error instanceof AggregateError ? (error.errors as unknown[])[0] : error;
  return systemCodeOf(one) ?? 'unknown';
}

/** Whether an error says that a server is not there at all, or not the one that was meant. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof SourceError ? error.context['systemCode'] : undefined;
  return typeof code === 'string' && HOPELESS.has(code);
}

/** A URL for people: without user, password, query and fragment, which may hold secrets. */
export function nameOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
