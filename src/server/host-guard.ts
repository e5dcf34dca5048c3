import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { RequestError } from '../errors.js';

/** Names under which a server may be asked. */
export interface HostPolicy {
  /** The address that it listens on, as it was given. */
  readonly listensOn: string;
  /** Further names, such as the one under which a proxy is reached. */
  readonly allowed: readonly string[];
  /** What this machine calls itself; the system's word by default. */
  readonly ownName?: string;
}

/**
 * Builds the check of the `Host` header: a request that reached a server under a foreign name is refused. A page of another
 * site can point a name of its own at an address that only its viewer reaches (DNS rebinding), and would then read the
 * library as if it were its own. It can do so with names alone, so that addresses are harmless; on loopback only those
 * of loopback are expected.
 * @param policy - the names.
 * @returns a function that throws a {@link RequestError} for the value of a `Host` header.
 */
export function createHostGuard(policy: HostPolicy): (host: string | undefined) => void {
  const { listensOn, allowed, ownName = hostname() } = policy;
  const own = ownName.toLowerCase().split('.', 1)[0]!;
  const names = new Set([listensOn, ...allowed].map((name) => name.toLowerCase()));
  // What the system and home routers call a machine in its network; nobody outside can register these.
  const ownNames = new Set([own, `${own}.local`, `${own}.lan`, `${own}.home.arpa`]);
  const isLocal = isLoopback(listensOn);
  return (header) => {
    const name = nameIn(header);
    const isAllowed =
      name !== undefined &&
      (isLoopback(name) || names.has(name) || (!isLocal && (isIP(name) !== 0 || ownNames.has(name))));
    if (isAllowed) return;
    throw new RequestError(
      isLocal
        ? 'This server answers only under the name localhost, and names given with --allowed-host.'
        : 'This server does not answer under this name; --allowed-host allows one.',
      'forbidden',
    );
  };
}

/**
 * Parses a name under which a server may be asked.
 * @param text - as an operator writes it: a name or an address, without a port, as any port will do.
 * @returns it, as browsers write it in a `Host` header.
 * @throws {RequestError} when it could never be met there.
 */
export function parseHostName(text: string): string {
  const host = isIP(text) === 6 ? `[${text}]` : text;
  const isName = /^(?:\[[^\]]+\]|[^:/?#@*\s]+)$/.test(host) && URL.canParse(`http://${host}/`);
  if (!isName) throw new RequestError('Give a name, and nothing else, such as media.example.org.');
  return new URL(`http://${host}/`).hostname.replace(/^\[|\]$|\.$/g, '');
}

/** The name in a `Host` header, in lower case, without brackets and port; undefined when there is none. */
function nameIn(host: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/?#@\s]+))(?::\d{1,5})?$/i.exec(host ?? '');
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '');
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
