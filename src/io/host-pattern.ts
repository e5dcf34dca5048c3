import { RequestError } from '../errors.js';

/** Names a host, or all hosts below a domain, at one port or all. */
export interface HostPattern {
  /** As URLs write it: lower case, IPv6 in brackets. */
  readonly host: string;
  /** `*.example.org`: the hosts below, and not the domain itself. */
  readonly isBelow: boolean;
  /** All when absent. */
  readonly port: number | undefined;
}

const FORM = /^(\*\.)?(\[[^\]]+\]|[^:/?#@*\s]+)(?::(\d{1,5}))?$/;

/**
 * Parses `nas.local`, `*.example.org`, `127.0.0.1`, `[::1]`, each with or without `:<port>`.
 * @param text - as an operator writes it.
 * @throws {RequestError} when it is nothing of the kind.
 */
export function parseHostPattern(text: string): HostPattern {
  const [, star, name = '', digits] = FORM.exec(text.trim()) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  const isValid = name !== '' && URL.canParse(`http://${name}/`) && (port === undefined || port < 65_536);
  if (!isValid) {
    throw new RequestError(`${text} names no host; write nas.local, *.example.org, 127.0.0.1:9000 or [::1].`);
  }
  return { host: withoutDot(new URL(`http://${name}/`).hostname), isBelow: star !== undefined, port };
}

/** Names one URL's host, at every port: many a server leads from http to https. */
export function patternOf(url: URL): HostPattern {
  return { host: withoutDot(url.hostname), isBelow: false, port: undefined };
}

/** Whether a URL's host and port are among those named. */
export function isNamed(patterns: readonly HostPattern[], url: URL): boolean {
  return patterns.some(
    (pattern) =>
      matches(pattern, url.hostname) && (pattern.port === undefined || pattern.port === portOf(url)),
  );
}

/** Whether a host is among those named, at whatever port. */
export function namesHost(patterns: readonly HostPattern[], host: string): boolean {
  return patterns.some((pattern) => matches(pattern, host));
}

function matches({ host, isBelow }: HostPattern, candidate: string): boolean {
  const name = withoutDot(candidate.toLowerCase());
  return isBelow ? name.endsWith(`.${host}`) : name === host;
}

/** The dot of the root makes a name absolute, and no other name. */
function withoutDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
