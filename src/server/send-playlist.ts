import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { isNoneMatchMet, tagOfText } from './entity-tag.js';

const compress = promisify(gzip);

/** Below this a compressed answer takes no fewer packets than a plain one. */
const WORTH_COMPRESSING = 1200;

/**
 * Sends a playlist, compressed for clients that take it: that of two hours has some 30 KB, of which 4 are left, and a
 * player waits for all of it. Clients ask again whether it has changed, and are told by the tag.
 * @param reply - where to.
 * @param text - the playlist.
 * @param isKept - false when a client must not keep it, as nothing tells whether it still holds.
 */
export async function sendPlaylist(reply: FastifyReply, text: string, isKept: boolean): Promise<void> {
  const isCompressed =
    text.length >= WORTH_COMPRESSING && takesGzip(reply.request.headers['accept-encoding']);
  const tag = tagOfText(text, isCompressed ? 'gzip' : undefined);
  reply.raw.appendHeader('vary', 'Accept-Encoding');
  const kept = reply.server.cacheScope === 'private' ? 'private, no-cache' : 'no-cache';
  reply.header('cache-control', isKept ? kept : 'no-store');
  if (isKept) reply.header('etag', tag);
  if (isKept && isNoneMatchMet(reply.request.headers['if-none-match'], tag)) {
    await reply.status(304).send();
    return;
  }
  reply.header('content-type', 'application/vnd.apple.mpegurl');
  const bytes = new TextEncoder().encode(text);
  if (isCompressed) reply.header('content-encoding', 'gzip');
  await reply.send(isCompressed ? await compress(bytes) : bytes);
}

/** Whether a client takes gzip: RFC 9110, section 12.5.3. */
function takesGzip(header: string | string[] | undefined): boolean {
  const codings = new Map(
    String(header ?? '')
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [coding, ...parameters] = part.split(';').map((text) => text.trim());
        return [coding, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))] as const;
      }),
  );
  return codings.get('gzip') ?? codings.get('*') ?? false;
}
