import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** What tells one viewer from another. */
type ViewerTraits = Pick<FastifyRequest, 'ip' | 'headers'> & {
  /** Whom the link was signed for, which nobody can forge. */
  readonly subject?: string | undefined;
};

/** More of the name of a program tells nothing. */
const MAX_AGENT_LENGTH = 200;

/**
 * Says who asks, as far as taking turns goes: the subject of a signed link; else the address with the name of the program,
 * so that those behind one address are not all one viewer. A parameter of the request would not do: a client could be as
 * many viewers as it likes.
 * @param request - the request.
 * @returns a name for comparing, not for showing.
 */
export function viewerOf({ ip, headers, subject }: ViewerTraits): string {
  if (subject !== undefined) return `subject ${subject}`;
  return `${networkOf(ip)} ${(headers['user-agent'] ?? '').slice(0, MAX_AGENT_LENGTH)}`;
}

/** A household has as many IPv6 addresses as it likes, but they share their first 64 bits: RFC 6177, section 2. */
function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const mapped = /:(\d+\.\d+\.\d+\.\d+)$/.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = ip.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [
    ...before,
    ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'),
    ...after,
  ];
  return groups.slice(0, 4).join(':');
}
