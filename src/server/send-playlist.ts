import type { FastifyReply } from 'fastify';
import { SendableText } from './send-text.js';

/**
 * Sends a playlist: that of two hours has some 30 KB, of which 4 are left when it is compressed, and a player waits for all
 * of it.
 * @param reply - where to.
 * @param text - the playlist.
 * @param isKept - false when a client must not keep it, as nothing tells whether it still holds.
 * @param type - its media type; that of HLS by default.
 */
export async function sendPlaylist(
  reply: FastifyReply,
  text: string,
  isKept: boolean,
  type: 'application/vnd.apple.mpegurl' | 'application/dash+xml' = 'application/vnd.apple.mpegurl',
): Promise<void> {
  await new SendableText(text, type).send(reply, isKept);
}
