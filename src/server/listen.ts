import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import { RequestError } from '../errors.js';
import { systemCodeOf } from '../io/system-code.js';
import { buildServer, type ServerOptions } from './app.js';
import { isRestricted } from './auth.js';
import { isLoopback } from './host-guard.js';

/** Where a server listens. */
export interface ListenOptions {
  /** Host name or address. */
  readonly host: string;
  /** Port; 0 takes any free one. */
  readonly port: number;
  /** Consent that everyone who reaches an address beyond loopback may see everything, without a key. */
  readonly isPublic?: boolean | undefined;
}

/** A server that listens. Disposing of it ends all streams and closes the port. */
export interface RunningServer extends AsyncDisposable {
  /** Address for people and programs on this machine, with the real port. */
  readonly url: string;
}

/**
 * Builds a server and lets it listen.
 * @param options - what it serves and where. On a loopback address it answers only requests that name this machine.
 * @throws {RequestError} when it cannot listen there, or would be open to all without consent.
 */
export async function startServer(
  options: Omit<ServerOptions, 'listensOn'> & ListenOptions,
): Promise<RunningServer> {
  const { host, port, isPublic, ...rest } = options;
  const isClosed = isLoopback(host) || (rest.access !== undefined && isRestricted(rest.access));
  if (!isClosed && isPublic !== true) {
    throw new RequestError(
      `Whoever reaches ${host} could see everything that is served: give --public when all of them may, or keys with --api-key-file.`,
    );
  }
  const app = await buildServer({ ...rest, listensOn: host });
  try {
    await app.listen({ host, port, listenTextResolver: () => 'listening' });
  } catch (cause) {
    await app.close();
    throw new RequestError(describe(cause, host, port), needsAnotherPort(cause) ? 'invalid' : 'not_found', {
      cause,
    });
  }
  const address = app.server.address() as AddressInfo;
  return {
    url: `http://${urlHost(host)}:${address.port}/`,
    [Symbol.asyncDispose]: async () => {
      await app.close();
    },
  };
}

/** A wildcard address is not one to go to; everything listens on loopback then too. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** Only another setting helps. An address that is not there may come: networks and their names do when a machine starts. */
function needsAnotherPort(cause: unknown): boolean {
  return ['EADDRINUSE', 'EACCES'].includes(systemCodeOf(cause) ?? '');
}

function describe(cause: unknown, host: string, port: number): string {
  switch (systemCodeOf(cause)) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use; choose another with --port, or 0 for any free one.`;
    case 'EACCES':
      return `Port ${port} needs more rights; choose one above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine.`;
    default:
      return `The server cannot listen on ${host}, port ${port}: ${cause instanceof Error ? cause.message : String(cause)}.`;
  }
}
