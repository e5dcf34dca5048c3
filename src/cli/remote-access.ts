import { SourceShelf } from '../delivery/source-shelf.js';
import { RequestError } from '../errors.js';
import { createAddressGuard, type AddressGuardOptions } from '../io/address-guard.js';
import { ChunkStore } from '../io/chunk-store.js';
import { ConnectionLimit } from '../io/connection-limit.js';
import { parseHostPattern, patternOf } from '../io/host-pattern.js';
import { HttpPool } from '../io/http-pool.js';
import { openHttp } from '../io/http.js';
import { openSource, type SourceOpener } from '../io/open-source.js';
import { RemoteLibrary, type OpenRemote } from '../server/remote-library.js';

/** What a server may read from elsewhere, as the command line says it. */
export interface RemoteAccessOptions {
  /** Viewers may name URLs. */
  readonly allowRemote?: boolean;
  /** The hosts that they may name; every public one when there are none. */
  readonly remoteHost?: readonly string[];
  /** Headers for the URLs that the operator has named. */
  readonly header?: Readonly<Record<string, string>>;
}

/** Access to sources that are not on this machine; to be closed after all that reads them. */
export interface RemoteAccess extends AsyncDisposable {
  /** What the library offers of them. */
  readonly library: RemoteLibrary;
}

/** What all remote sources share. */
const CONNECTIONS = { total: 128, perHost: 32 };
const CHUNK_BYTES = 128 << 20;
const SHELF = { maxOpen: 64, idleMs: 60_000, freshMs: 15_000, lingerMs: 60_000 };

/**
 * Builds a server's access to remote sources.
 * @param urls - those that the operator has named; anything on their hosts may be read for them.
 * @param options - what viewers may name.
 * @param openers - for further schemes; only the operator's references are opened with them.
 * @param resolve - gives the addresses of a host; the system's resolver by default.
 * @throws {RequestError} when an option makes no sense.
 */
export function createRemoteAccess(
  urls: readonly string[],
  options: RemoteAccessOptions,
  openers: readonly SourceOpener[],
  resolve?: AddressGuardOptions['resolve'],
): RemoteAccess {
  const hosts = (options.remoteHost ?? []).map(parseHostPattern);
  if (hosts.length > 0 && options.allowRemote !== true) {
    throw new RequestError('--remote-host says which hosts --allow-remote allows; give both.');
  }
  const limit = new ConnectionLimit(CONNECTIONS);
  const ownHosts = urls.filter((url) => /^https?:/i.test(url) && URL.canParse(url));
  const ownGuard = createAddressGuard({
    named: ownHosts.map((url) => patternOf(new URL(url))),
    allowsPublic: true,
    resolve,
  });
  const ownPool = new HttpPool({ limit, guard: ownGuard });
  const guard = createAddressGuard({ named: hosts, allowsPublic: hosts.length === 0, resolve });
  const pool = new HttpPool({ limit, guard });
  const shelf = new SourceShelf(SHELF, new ChunkStore(CHUNK_BYTES));
  const openOwn: OpenRemote = (reference, { name, signal }) =>
    /^https?:/i.test(reference)
      ? openHttp(reference, { name, signal, pool: ownPool, headers: options.header ?? {} })
      : openSource(reference, { signal, openers });
  const requested = {
    hosts: options.remoteHost ?? [],
    check: (url: URL) => guard.checkUrl(url),
    open: (url: string, { name, signal }: Parameters<OpenRemote>[1]) => openHttp(url, { name, signal, pool }),
  };
  return {
    library: new RemoteLibrary({
      shelf,
      openOwn,
      requested: options.allowRemote === true ? requested : undefined,
    }),
    [Symbol.asyncDispose]: async () => {
      await shelf[Symbol.asyncDispose]();
      pool[Symbol.dispose]();
      ownPool[Symbol.dispose]();
    },
  };
}
