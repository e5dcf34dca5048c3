import { RequestError } from '../errors.js';
import { isRemoteUrl, parseRemoteUrl } from '../server/reference.js';
import { signLink, type LinkOptions, type LinkSecret } from '../server/signed-link.js';
import type { Terminal } from './terminal.js';

/** Options of {@link sign}. */
export interface SignOptions {
  /** What signs; the first of several does. */
  readonly linkSecret: readonly LinkSecret[];
  /** How long the link is good, in milliseconds; six hours by default. */
  readonly expires?: number;
  /** What it leads to. */
  readonly file: string;
  /** Number of the root that a path lies in. */
  readonly root: string;
  /** Whom it is for. */
  readonly subject?: string;
}

const SIX_HOURS = 6 * 3_600_000;

/**
 * `segmint sign`: prints a link that opens one item for a while.
 * @param item - a path below a root of the server, an http or https URL, or a `<ref>` after `ref:`.
 * @param options - as parsed.
 * @param terminal - where it is printed.
 * @param nowMs - milliseconds since 1970.
 * @throws {RequestError} when there is no secret, or the item is nothing that a server could have.
 */
export function sign(item: string, options: SignOptions, terminal: Terminal, nowMs: number): void {
  const [secret] = options.linkSecret;
  if (secret === undefined) {
    throw new RequestError('Nothing to sign with: give --link-secret-file, or set SEGMINT_LINK_SECRET.');
  }
  terminal.print(
    signLink(secret, {
      item: itemNamed(item, options.root),
      expires: new Date(nowMs + (options.expires ?? SIX_HOURS)),
      file: options.file,
      ...(options.subject !== undefined && { subject: options.subject }),
    }),
  );
}

function itemNamed(item: string, root: string): LinkOptions['item'] {
  if (item.startsWith('ref:')) return item.slice(4);
  if (isRemoteUrl(item)) return { url: parseRemoteUrl(item) };
  if (!/^\d{1,4}$/.test(root))
    throw new RequestError('--root takes the number of a root, the first being 0.');
  return { root: Number(root), path: item };
}
