import type { FastifyReply } from 'fastify';
import { isNoneMatchMet } from './entity-tag.js';

/**
 * Sends a JPEG, or that the client has it already: then it is not even made. Clients ask again whether it has changed.
 * @param reply - where to.
 * @param tag - its entity tag; undefined where nothing tells one version of it from another, and nobody may keep it.
 * @param make - gives its bytes.
 */
export async function sendStill(
  reply: FastifyReply,
  tag: string | undefined,
  make: () => Promise<Uint8Array>,
): Promise<void> {
  if (tag !== undefined && isNoneMatchMet(reply.request.headers['if-none-match'], tag)) {
    await reply.status(304).headers(headersOf(reply, tag)).send();
    return;
  }
  const bytes = await make();
  await reply.headers(headersOf(reply, tag)).header('content-type', 'image/jpeg').send(bytes);
}

function headersOf({ server }: FastifyReply, tag: string | undefined): Record<string, string> {
  if (tag === undefined) return { 'cache-control': 'no-store' };
  return { 'cache-control': server.cacheScope === 'private' ? 'private, no-cache' : 'no-cache', etag: tag };
}
