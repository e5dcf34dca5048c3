import { isIP } from 'node:net';
import { RequestError } from '../errors.js';

/**
 * Refuses a request that reached a server of this machine under a foreign name. A page of another site can point a name
 * of its own at 127.0.0.1 (DNS rebinding), and would then read the library as if it were its own.
 * @param host - the `Host` header.
 * @throws {RequestError} when the name is not one of this machine's own.
 */
export function checkLoopbackHost(host: string | undefined): void {
  const name = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host ?? '');
  if (!isLoopback(name?.[1] ?? name?.[2] ?? '')) {
    throw new RequestError('This server answers only under the name localhost.', 'forbidden');
  }
}

/**
 * Whether a host name or address is this machine's own.
 * @param host - without brackets and port.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (isIP(name) === 4) return name.startsWith('127.');
  if (isIP(name) === 6) return name === '::1';
  return name === 'localhost' || name.endsWith('.localhost');
}
