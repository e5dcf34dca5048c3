import { BlockList, isIP } from 'node:net';
import { RequestError } from '../errors.js';

/** Tells whether an address is that of a proxy whose word about its clients counts. */
export type TrustProxy = (address: string) => boolean;

/**
 * Checks addresses of proxies as a person writes them.
 * @param text - an address, or a range such as `10.0.0.0/8` or `fd00::/8`.
 * @returns it.
 * @throws {RequestError} when it is none, or covers everyone: anybody could then say to come from anywhere.
 */
export function checkProxyRange(text: string): string {
  const { family, prefix } = divide(text);
  if (family !== 0 && Number.isInteger(prefix) && prefix > 0 && prefix <= (family === 4 ? 32 : 128))
    return text;
  throw new RequestError(
    `${text} is no address of a proxy; give one such as 127.0.0.1, or a range such as 10.0.0.0/8 or fd00::/8.`,
  );
}

/**
 * Builds the judge of who may tell from where, and under what name, a request came: `X-Forwarded-For` and
 * `X-Forwarded-Host` of all others are not looked at.
 * @param ranges - addresses and ranges of proxies, each as {@link checkProxyRange} wants it.
 */
export function trustProxies(ranges: readonly string[]): TrustProxy {
  const list = new BlockList();
  for (const range of ranges) {
    const { address, family, prefix } = divide(checkProxyRange(range));
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const family = isIP(address);
    // An IPv4 address that is written as IPv6, as Node does, is found among the IPv4 ranges.
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}

function divide(text: string) {
  const [address = '', prefix] = text.split('/');
  const family = isIP(address);
  const isPlain = prefix === undefined;
  const isNumber = !isPlain && text.split('/').length === 2 && /^\d{1,3}$/.test(prefix);
  const whole = family === 4 ? 32 : 128;
  return { address, family, prefix: isPlain ? whole : isNumber ? Number(prefix) : Number.NaN };
}
