import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { RequestError } from '../errors.js';
import { isNamed, namesHost, type HostPattern } from './host-pattern.js';

/** Says where connections may go. Asked before each request, redirected ones too, and again while connecting. */
export interface AddressGuard {
  /**
   * Judges a URL by what stands in it.
   * @throws {RequestError} `forbidden` when it must not be asked for.
   */
  checkUrl(url: URL): void;
  /**
   * Looks a name up, for connecting to the very addresses that it gives; fails with a {@link RequestError} when one of
   * them must not be connected to. Node does not call it for hosts that are addresses: {@link AddressGuard.checkUrl}
   * judges those.
   */
  readonly lookup: LookupFunction;
}

/** What an {@link AddressGuard} lets through. */
export interface AddressGuardOptions {
  /** Hosts that may be asked whatever their addresses are. */
  readonly named: readonly HostPattern[];
  /** Whether other hosts may be asked too, as far as their addresses are public. */
  readonly allowsPublic: boolean;
  /** Gives all addresses of a name; the system's resolver by default. */
  readonly resolve?: ((host: string) => Promise<readonly LookupAddress[]>) | undefined;
}

/** Ports below this one belong to services of all kinds; nobody serves films there, but for these two. */
const FIRST_FREE_PORT = 1024;
const WEB_PORTS: readonly number[] = [80, 443];

/** Where public IPv6 addresses are handed out. @see RFC 4291, section 2.4 */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Builds a guard for URLs that strangers name.
 * @param options - what is allowed.
 */
export function createAddressGuard(options: AddressGuardOptions): AddressGuard {
  const { named, allowsPublic } = options;
  const resolve = options.resolve ?? ((host: string) => systemLookup(host, { all: true }));
  const addressesOf = async (host: string) => {
    const addresses = await resolve(host);
    // One private address is enough: a name may have addresses of both kinds, in turn.
    const areFree = namesHost(named, host) || addresses.every(({ address }) => isPublicAddress(address));
    if (!areFree) throw refused();
    return addresses;
  };
  return {
    checkUrl: (url) => {
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused();
      if (isNamed(named, url)) return;
      // The lookup knows no ports: a host that is named with one is not free at others.
      if (!allowsPublic || namesHost(named, url.hostname)) throw refused();
      const port = Number(url.port === '' ? 80 : url.port);
      if (port < FIRST_FREE_PORT && !WEB_PORTS.includes(port)) throw refused();
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && !isPublicAddress(host)) throw refused();
    },
    lookup: (host, { all }, callback) => {
      addressesOf(host).then(
        (addresses) => {
          const [first] = addresses;
          if (first === undefined) callback(new RequestError('A host has no address.'), '', 4);
          else if (all === true) callback(null, [...addresses]);
          else callback(null, first.address, first.family);
        },
        (error: unknown) => callback(error as NodeJS.ErrnoException, '', 4),
      );
    },
  };
}

/**
 * Whether an address belongs to the public internet: neither private, loopback, link-local nor carrier-grade NAT, nor
 * multicast, reserved, for documentation or benchmarks, nor one that embeds an IPv4 address.
 * @param address - an IPv4 or IPv6 address, as the system gives it; anything else is not public.
 * @see RFC 6890 (special-purpose addresses)
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return !(parsed instanceof ipaddr.IPv6) || parsed.match(GLOBAL_UNICAST);
}

function refused(): RequestError {
  return new RequestError('This server may not read from that address.', 'forbidden');
}
