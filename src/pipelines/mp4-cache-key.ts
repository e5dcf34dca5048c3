import { createHash } from 'node:crypto';

/** What identifies a file that a chat service stores. */
export interface Mp4CacheIdentity {
  /** The service's own identifier of the file; the same file in two messages has one. Preferred. */
  readonly fileId?: string | number | undefined;
  /** The chat that holds the message. */
  readonly chatId?: string | number | undefined;
  /** The message that holds the file. */
  readonly messageId?: string | number | undefined;
}

/**
 * Derives a short, stable key under which the converted form of a chat service's file can be cached.
 *
 * The key is the first 16 hexadecimal digits of the SHA-256 of `mp4:file_id:<fileId>`, or, without a file identifier,
 * of `mp4:chat:<chatId>:msg:<messageId>`. Without either it is the empty string, which means: do not cache.
 * @param identity - what is known of the file; an empty string counts as unknown.
 * @returns 16 lower-case hexadecimal digits, or the empty string.
 */
export function deriveMp4CacheKey({ fileId, chatId, messageId }: Mp4CacheIdentity): string {
  if (isKnown(fileId)) return digest(`mp4:file_id:${fileId}`);
  if (isKnown(chatId) && isKnown(messageId)) return digest(`mp4:chat:${chatId}:msg:${messageId}`);
  return '';
}

function isKnown(value: string | number | undefined): value is string | number {
  return value !== undefined && value !== '';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
